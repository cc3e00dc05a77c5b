"""Online files that wait to be received."""

from __future__ import annotations

from django.urls import reverse

from offices.capacities import capacities_of
from onestop.desk.counts import COUNTERS
from tests.workflows.conftest import moment
from workflows import services
from workflows.models import Dossier, LegalStatus

ONLINE = "desk:online"


def register(people, intake, hour):
    return services.register_online(intake=intake(channel="online"), by=people.lan, at=moment(2, hour))


def test_files_stand_in_the_order_of_the_desks_clock(desk_of, people, intake):
    later, sooner = register(people, intake, 15), register(people, intake, 9)

    rows = desk_of(people.lan).get(reverse(ONLINE)).context["rows"]

    assert [row["dossier"] for row in rows] == [sooner, later]
    assert rows[0]["badge"].state == "late"


def test_the_number_in_the_rail_is_the_length_of_the_list(desk_of, people, intake, received):
    register(people, intake, 9)
    register(people, intake, 10)

    listed = desk_of(people.hoa).get(reverse(ONLINE)).context["rows"]

    assert COUNTERS["online"](capacities_of(people.hoa, moment(3, 9)), moment(3, 9)) == len(listed) == 2


def test_the_panel_offers_the_three_answers(desk_of, people, intake):
    dossier = register(people, intake, 9)

    shown = desk_of(people.lan).get(reverse(ONLINE), {"open": dossier.pk})

    names = [offer.act.name for offer in shown.context["offers"]]
    assert sorted(names) == ["decline_to_receive", "receive", "request_supplement"]
    assert shown.context["main"].act.name == "receive"


def test_a_file_is_received_with_papers_that_came_since_and_its_receipt_opens(desk_of, people, intake):
    file = intake(channel="online", papers=intake().papers[:1])
    dossier = services.register_online(intake=file, by=people.lan, at=moment(2, 9))
    client = desk_of(people.lan)
    sent = {"seen": 1, "paper": ["proof"], "next": f"{reverse(ONLINE)}?done={dossier.pk}"}

    response = client.post(reverse("desk:dossier_act", args=[dossier.pk, "receive"]), sent)

    dossier.refresh_from_db()
    assert dossier.legal_status == LegalStatus.IN_PROCESS
    after = client.get(response["Location"])
    assert reverse("desk:receipt", args=[dossier.pk]) in after.content.decode()
    assert after.context["rows"] == []


def test_a_file_with_missing_papers_is_not_received(desk_of, people, intake):
    file = intake(channel="online", papers=())
    dossier = services.register_online(intake=file, by=people.lan, at=moment(2, 9))

    response = desk_of(people.lan).post(reverse("desk:dossier_act", args=[dossier.pk, "receive"]), {"seen": 1})

    assert response.status_code == 422
    assert "Đơn đề nghị" in response.content.decode()
    assert Dossier.objects.get().legal_status == LegalStatus.REGISTERED


def test_a_file_is_declined_with_its_reason(desk_of, people, intake):
    dossier = register(people, intake, 9)
    address = reverse("desk:dossier_act", args=[dossier.pk, "decline_to_receive"])

    desk_of(people.lan).post(address, {"seen": 1, "reason": "Sai thẩm quyền"})

    dossier.refresh_from_db()
    assert dossier.legal_status == LegalStatus.NOT_ACCEPTED


def test_an_empty_list_says_what_comes_next(desk_of, people):
    shown = desk_of(people.lan).get(reverse(ONLINE)).content.decode()

    assert "Không có hồ sơ trực tuyến nào chờ tiếp nhận." in shown


def test_only_clerks_see_the_list(desk_of, people):
    assert desk_of(people.minh).get(reverse(ONLINE)).status_code == 403


def test_the_list_costs_the_same_however_long_it_is(desk_of, people, intake, django_assert_max_num_queries):
    for hour in (8, 9, 10, 14, 15):
        register(people, intake, hour)
    client = desk_of(people.lan)
    client.get(reverse(ONLINE))

    with django_assert_max_num_queries(20):
        client.get(reverse(ONLINE))
