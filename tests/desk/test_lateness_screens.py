"""What is owed in apologies, what was missed, and what is left: the screens, their counts and their refusals."""

import csv
from datetime import date
from io import StringIO

import pytest
from django.urls import reverse
from django.utils import timezone

from offices.capacities import capacities_of
from offices.models import Membership
from onestop.desk.counts import COUNTERS
from tests.desk.test_slips import text_of
from tests.workflows.conftest import moment, open_step
from tests.workflows.test_handling import walk
from workflows import services
from workflows.models import Apology, BreachReview
from workflows.services.breach_evidence import gather_waiting
from workflows.services.sweeping import sweep

MARCH = {"first": "2026-03-01", "last": "2026-03-31"}


@pytest.fixture
def late(people, intake):
    """Five late dossiers: apologies given in time, late, proposed, and two missing; one is decided in the end."""
    found = []
    for number in range(5):
        dossier = services.receive(intake=intake(), by=people.lan, at=moment(2, 8, number))
        walk(dossier, people, "intake", "assign")
        found.append(dossier)
    for dossier, day, approved in zip(found, (5, 17, 18), (True, True, False), strict=False):
        given = {"dossier_id": dossier.pk, "reason": "Nhiều hồ sơ", "new_day": date(2026, 3, 27)}
        services.propose_apology(**given, by=people.minh, at=moment(day, 9))
        if approved:
            services.approve_apology(dossier_id=dossier.pk, by=people.leader, at=moment(day, 10))
    sweep()
    services.withdraw(dossier_id=found[4].pk, reason="Xin rút", by=people.lan)
    gather_waiting()
    return found


def show(client, page, *args, **query):
    return client.get(reverse(f"desk:{page}", args=args), query)


def post(client, page, *args, **data):
    return client.post(reverse(f"desk:{page}", args=args), data)


# Apologies


def test_every_number_of_the_report_is_the_length_of_the_list_it_opens(desk_of, people, late):
    for who, owed in (("supervisor", 2), ("leader", 2), ("head", 2)):
        client, at = desk_of(getattr(people, who)), timezone.now()
        page = show(client, "apologies", **MARCH)
        counts = {tile.symbol + tile.label: tile.count for tile in page.context["tiles"]}

        assert list(counts.values()) == [owed, 1, 1, 3, 0]
        assert COUNTERS["apologies"](capacities_of(getattr(people, who), at), at) == owed
        for tile in page.context["tiles"]:
            opened = client.get(reverse("desk:apologies") + tile.href)
            assert len(opened.context["page"].rows) == tile.count, tile.label
        for line in [*page.context["tables"]["office"], *page.context["tables"]["procedure"]]:
            assert line.total == 5
            for cell in line.cells:
                assert len(client.get(reverse("desk:apologies") + cell.href).context["page"].rows) == cell.count


def test_what_is_owed_is_ordered_by_its_last_moment_and_says_how_far_it_has_come(desk_of, people, late):
    page = show(desk_of(people.head), "apologies")

    rows = page.context["page"].rows
    assert [row.duty.due_by for row in rows] == sorted(row.duty.due_by for row in rows)
    assert sorted(row.news for row in rows) == ["Chưa đề xuất", "Minh đề xuất; chờ thủ trưởng"]


def test_the_report_leaves_the_program_with_the_same_numbers(desk_of, people, late):
    answer = show(desk_of(people.supervisor), "apologies_csv", **MARCH)

    rows = list(csv.reader(StringIO(answer.content.decode().removeprefix("\ufeff"))))
    assert rows[1:] == [["Sở GDĐT", "1.005144 Miễn, giảm học phí", "5", "1", "1", "3", "0"]]
    assert len(list(csv.reader(StringIO(show(desk_of(people.head), "apologies_csv").content.decode())))) == 1


def test_a_unit_elsewhere_sees_none_of_it(desk_of, people, late, offices):
    Membership.objects.create(user=people.police, office=offices.police, role="leader", valid_from=date(2020, 1, 1))
    client = desk_of(people.police)

    assert show(client, "apologies", **MARCH).context["tiles"][0].count == 0
    assert show(client, "breaches", state="all").context["page"].rows == []
    assert show(client, "breach", BreachReview.objects.first().pk).status_code == 404


def test_propose_and_approve_on_the_dossier_then_print_form_04(desk_of, people, received):
    walk(received, people, "intake", "assign")
    specialist, head = desk_of(people.minh), desk_of(people.leader)
    received.refresh_from_db()
    wrong = post(specialist, "dossier_act", received.pk, "propose_apology", seen=received.acts, reason="Nhiều hồ sơ")
    day = "2099-11-20"
    sent = post(specialist, "dossier_act", received.pk, "propose_apology", reason="Nhiều hồ sơ", new_day=day)
    page = show(head, "dossier", received.pk)

    approved = post(head, "dossier_act", received.pk, "approve_apology")

    assert (wrong.status_code, sent.status_code, approved.status_code) == (422, 302, 302)
    assert "Nhiều hồ sơ" in page.context["main"].form.intro
    assert Apology.objects.get().approved_by == people.leader
    shown = show(head, "dossier", received.pk).content.decode()
    assert "Đã xin lỗi và hẹn lại: 17:00 thứ Sáu 20/11/2099" in shown
    printed = text_of(show(head, "apology_slip", received.pk).content)
    assert "PHIẾU XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT" in printed
    assert "Số: 01/PXL" in printed and "20 tháng 11 năm 2099" in printed
    again = post(specialist, "dossier_act", received.pk, "propose_apology", reason="Nữa", new_day="2099-12-01")
    assert again.status_code == 409
    assert "Điều 19" in again.content.decode()
    looked_up = head.get(reverse("portal:lookup"), {"code": received.code}).content.decode()
    assert "Cơ quan đã xin lỗi và hẹn lại: 17:00 thứ Sáu 20/11/2099" in looked_up


def test_a_proposal_is_sent_back_with_words_the_unit_reads(desk_of, people, received):
    walk(received, people, "intake", "assign")
    services.propose_apology(dossier_id=received.pk, reason="Bận", new_day=date(2099, 11, 20), by=people.minh)

    refused = post(desk_of(people.minh), "dossier_act", received.pk, "approve_apology")
    post(desk_of(people.leader), "dossier_act", received.pk, "reject_apology", words="Nêu rõ lý do")

    assert refused.status_code == 403
    assert "Bị trả lại: Nêu rõ lý do" in show(desk_of(people.minh), "dossier", received.pk).content.decode()


# Missed limits


def test_every_list_of_missed_limits_is_as_long_as_its_number(desk_of, people, late):
    services.explain_breach(review_id=BreachReview.objects.first().pk, words="Ốm", by=people.head)

    for who, mine in (("head", 4), ("leader", 4), ("supervisor", 1), ("lan", 0)):
        client, at = desk_of(getattr(people, who)), timezone.now()
        tiles = show(client, "breaches").context["tiles"]
        assert tiles[0].count == mine == COUNTERS["breaches"](capacities_of(getattr(people, who), at), at), who
        for tile in tiles:
            page = client.get(reverse("desk:breaches") + tile.href)
            assert len(page.context["page"].rows) == tile.count, (who, tile.label)
            for _name, count, href, _chosen in page.context["offices"]:
                narrowed = client.get(reverse("desk:breaches") + href)
                assert len(narrowed.context["page"].rows) == count


def test_a_review_from_explanation_to_follow_up_by_its_forms(desk_of, people, late, offices):
    review = BreachReview.objects.first()
    unit, above = desk_of(people.head), desk_of(people.supervisor)

    too_early = show(above, "breach", review.pk)
    empty = post(unit, "breach", review.pk, act="explain", words="")
    explained = post(unit, "breach", review.pk, act="explain", words="Hai người nghỉ ốm")
    lacking = post(above, "breach", review.pk, act="conclude", cause="absence", words="Thiếu người thay")
    whole = {"cause": "absence", "words": "Thiếu người thay", "action": "Cử người", "action_due_on": "2099-01-05"}
    concluded = post(above, "breach", review.pk, act="conclude", action_office=offices.department.pk, **whole)
    ended = post(above, "breach", review.pk, act="follow_up", outcome="Đã cử người")
    twice = post(above, "breach", review.pk, act="follow_up", outcome="Nữa")

    assert too_early.context["form"] is None
    assert (empty.status_code, explained.status_code, lacking.status_code) == (422, 302, 422)
    assert set(lacking.context["form"].errors) == {"action", "action_due_on", "action_office"}
    assert (concluded.status_code, ended.status_code, twice.status_code) == (302, 302, 409)
    page = show(unit, "breach", review.pk).content.decode()
    for words in ("Hai người nghỉ ốm", "Thiếu người thay", "Cử người", "05/01/2099", "Đã cử người", "Thẩm định"):
        assert words in page
    assert BreachReview.objects.get(pk=review.pk).state == "followed_up"


def test_the_dossier_leads_to_its_missed_limit(desk_of, people, late):
    page = show(desk_of(people.head), "dossier", late[3].pk).content.decode()

    assert reverse("desk:breach", args=[BreachReview.objects.get(dossier=late[3]).pk]) in page


# What is left


def test_the_process_says_by_when_each_step_should_be_done_or_that_the_date_cannot_be_kept(desk_of, people, late):
    client = desk_of(people.minh)

    gone = show(client, "dossier", late[3].pk, tab="process").content.decode()
    assert "Không thể giữ đúng hạn." in gone
    assert "?act=propose_apology#acts" in gone
    opened = show(client, "dossier", late[3].pk, act="propose_apology")
    assert [offer.act.name for offer in opened.context["offers"] if offer.is_open] == ["propose_apology"]
    panel = client.get(reverse("desk:step", args=[open_step(late[3]).pk]), headers={"HX-Request": "true"})
    assert "Không thể giữ đúng hạn." in panel.content.decode()


def test_a_dossier_in_time_shows_the_spread_without_alarm(desk_of, people, intake):
    dossier = services.receive(intake=intake(), by=people.lan, at=timezone.now(), forward=True)

    outlook = show(desk_of(people.head), "dossier", dossier.pk, tab="process").context["page"].outlook

    assert [line.title for line in outlook.lines] == ["Phân công", "Thẩm định", "Xem xét", "Ký", "Vào sổ"]
    assert (outlook.can_be_kept, outlook.overruns, outlook.needed) == (True, False, "78 giờ")
    assert outlook.lines[-1].finish_by == dossier.due_at


def test_beside_the_lateness_stands_the_new_date_and_once_ended_that_the_office_apologised(desk_of, people, late):
    client = desk_of(people.supervisor)

    running = show(client, "dossier", late[1].pk).context["page"].badge
    services.withdraw(dossier_id=late[1].pk, reason="Xin rút", by=people.lan)
    ended = show(client, "dossier", late[1].pk).context["page"].badge

    assert (running.state, running.rest) == ("late", "hẹn lại 27/03")
    assert (ended.words, ended.rest) == ("Xong trễ", "đã xin lỗi")


@pytest.mark.parametrize(
    ("name", "args", "query"),
    [
        ("apologies", [], "?first=9999-12-31"),
        ("apologies", [], "?last=9999-12-31&first=0001-01-01"),
        ("apologies_csv", [], "?last=9999-12-31"),
        ("calendar", ["default"], "?year=²"),
        ("calendar", ["default"], "?year=9999"),
    ],
)
def test_an_address_changed_by_hand_still_gives_a_page(desk_of, people, name, args, query):
    assert desk_of(people.supervisor).get(reverse(f"desk:{name}", args=args) + query).status_code == 200


def test_a_list_of_work_for_no_procedure_shows_all(desk_of, people):
    assert desk_of(people.minh).get(reverse("desk:my_work") + "?procedure=²").status_code == 200
