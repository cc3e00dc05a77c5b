"""The hall through its screens: a morning at the kiosk, the counter, the display and the supervisor's table."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hall import services
from hall.models import Appointment, Device, Ticket
from offices.capacities import local_day
from onestop.portal.booking import BOOKINGS
from tests.desk.conftest import desk_of

__all__ = ["desk_of"]


@pytest.fixture
def devices(hall):
    """A browser for the kiosk and one for the display, both let in by their address."""

    def let_in(kind: str) -> Client:
        _device, secret = services.let_device_in(
            hall_id=hall.id, kind=kind, name=kind, by=hall.people.administrator, at=timezone.now()
        )
        client = Client()
        assert client.get(reverse("portal:hall_device", args=[secret])).status_code == 302
        return client

    return {kind: let_in(kind) for kind in ("kiosk", "display")}


def acts(client: Client, name: str, hall, **data) -> int:
    """Press a button of the hall."""
    return client.post(reverse("desk:hall_act", args=[name]), {"hall": hall.id, **data}).status_code


def test_a_number_is_drawn_called_shown_served_and_its_dossier_remembered(hall, devices, desk_of, intake):
    kiosk, display, lan = devices["kiosk"], devices["display"], desk_of(hall.people.lan)
    page = kiosk.get(reverse("portal:hall_kiosk")).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    sent = {"key": key, "errand": hall.errands["A"].pk, "priority": "elderly"}

    first, again = (kiosk.post(reverse("portal:hall_kiosk"), sent) for _tap in range(2))

    assert first.headers["Location"] == again.headers["Location"]
    paper = kiosk.get(first.headers["Location"]).content.decode()
    assert all(words in paper for words in ("A001", "Người cao tuổi", "data-print", "<svg", "Bạn là người tiếp theo"))
    assert "A001" in lan.get(reverse("desk:hall")).content.decode()
    before = display.get(reverse("portal:hall_display_now"))
    tag = before.headers["ETag"]
    assert display.get(reverse("portal:hall_display_now"), headers={"If-None-Match": tag}).status_code == 304

    assert acts(lan, "next", hall) == 302

    called = display.get(reverse("portal:hall_display_now"), headers={"If-None-Match": tag})
    assert (called.status_code, "A001" in called.content.decode()) == (200, True)
    ticket = Ticket.objects.get()
    receiving = lan.post(reverse("desk:hall_act", args=["receive"]), {"hall": hall.id, "ticket": ticket.pk})
    assert receiving.headers["Location"] == reverse("desk:receive")
    assert "Đang phục vụ số A001" in lan.get(reverse("desk:receive")).content.decode()
    assert acts(lan, "done", hall, ticket=ticket.pk) == 302
    assert "A001" not in lan.get(reverse("desk:receive")).content.decode()


def test_a_device_that_is_turned_away_shows_nothing_and_a_display_draws_no_number(hall, devices, desk_of):
    kiosk, display = devices["kiosk"], devices["display"]
    assert display.get(reverse("portal:hall_kiosk")).status_code == 403
    device = Device.objects.get(kind="kiosk")

    away = desk_of(hall.people.administrator).post(
        reverse("desk:hall_device_away", args=[hall.id]), {"device": device.pk}
    )

    assert away.status_code == 302
    assert kiosk.post(reverse("portal:hall_kiosk"), {"errand": hall.errands["A"].pk}).status_code == 403
    assert not Ticket.objects.exists()


def test_an_open_page_is_renewed_only_when_something_changed(hall, desk_of, django_assert_max_num_queries):
    lan = desk_of(hall.people.lan)
    page = lan.get(reverse("desk:hall")).content.decode()
    seen = re.search(r'"seen": "(\w+)"', page)[1]
    now = reverse("desk:hall_now")
    assert lan.get(now, {"hall": hall.id, "seen": seen}).status_code == 204
    drawn = lan.post(
        reverse("desk:hall_act", args=["draw"]),
        {"hall": hall.id, "errand": hall.errands["B"].pk, "key": "one"},
        headers={"HX-Request": "true"},
    )
    assert (drawn.status_code, drawn.headers["HX-Trigger"]) == (200, "work-changed")

    with django_assert_max_num_queries(16):
        answer = lan.get(now, {"hall": hall.id, "seen": seen}, headers={"HX-Request": "true"})

    assert (answer.status_code, "B001" in answer.content.decode()) == (200, True)


def test_nobody_to_call_is_a_sentence_and_changes_nothing(hall, desk_of):
    answer = desk_of(hall.people.lan).post(reverse("desk:hall_act", args=["next"]), {"hall": hall.id})

    assert (answer.status_code, "Hiện không có ai chờ quầy này" in answer.content.decode()) == (409, True)


def test_a_desk_without_a_hall_receives_as_always(people, offices, desk_of):
    client = desk_of(people.lan)

    assert "không lấy số" in client.get(reverse("desk:hall")).content.decode()
    assert client.get(reverse("desk:receive")).status_code == 200


def test_a_time_is_given_and_the_kiosk_knows_the_appointment(hall, devices, desk_of):
    lan = desk_of(hall.people.lan)
    days = (local_day(timezone.now()) + timedelta(days=ahead) for ahead in range(1, 20))
    day = next(day for day in days if services.slots_on(hall.hall, day, place="desk", at=timezone.now()))
    address = f"{reverse('desk:hall_appointments')}?day={day}"
    page = lan.get(address)
    time = page.context["form"].fields["starts_at"].choices[0][0]
    typed = {"errand": hall.errands["A"].pk, "starts_at": time, "person": "Nguyễn Thị Mai", "phone": "0912345678"}

    assert lan.post(address, typed | {"phone": ""}).status_code == 422
    assert lan.post(address, typed).status_code == 302

    made = Appointment.objects.get()
    Appointment.objects.update(starts_at=timezone.now())
    wrong = devices["kiosk"].post(reverse("portal:hall_kiosk"), {"key": "w", "code": "XXXXXX"})
    assert (wrong.status_code, "Hôm nay không có lịch hẹn" in wrong.content.decode()) == (409, True)
    came = devices["kiosk"].post(reverse("portal:hall_kiosk"), {"key": "c", "code": made.code})
    assert came.status_code == 302
    assert Ticket.objects.get().appointment == made


def test_the_supervisor_reads_opens_and_downloads_the_waits(hall, desk_of):
    at = timezone.now()
    for number in range(3):
        ticket = services.draw_number(hall_id=hall.id, errand_id=hall.errands["A"].pk, key=str(number), by=None, at=at)
        waited = timedelta(minutes=20 * number)
        if number:
            Ticket.objects.filter(pk=ticket.pk).update(status="done", served_at=at + waited)
    binh = desk_of(hall.people.supervisor)

    page = binh.get(reverse("desk:hall_waits"))

    total = page.context["found"].total
    assert (total.waits.drawn, total.waits.served, total.waits.over, total.cells[0]) == (3, 2, 1, "30,0")
    for kind in ("drawn", "served", "over", "not_served"):
        opened = binh.get(reverse("desk:hall_tickets") + getattr(total, f"{kind}_url"))
        assert opened.context["total"] == getattr(total.waits, kind)
    book = openpyxl.load_workbook(
        BytesIO(b"".join(binh.get(reverse("desk:hall_waits_file", args=["day", "xlsx"])).streaming_content))
    )
    assert [cell.value for cell in list(book.active.rows)[1]][1:8] == [3, 2, 1, 1800, 2340, 2400, 1]
    text = b"".join(binh.get(reverse("desk:hall_waits_file", args=["hour", "csv"])).streaming_content).decode()
    assert f"{timezone.localtime(at):%H}:00" in text
    assert str(local_day(at).year) in page.content.decode()


def test_people_book_a_time_without_a_login_and_no_more_than_is_free(hall):
    address = reverse("portal:booking", args=[hall.id])
    client = Client(REMOTE_ADDR="198.51.100.77")
    BOOKINGS.forget("198.51.100.77")
    page = client.get(address)
    time = page.context["form"].fields["starts_at"].choices[0][0]
    typed = {"errand": hall.errands["B"].pk, "starts_at": time, "person": "Trần Văn Nam", "phone": "0912 345 678"}

    assert client.post(address, typed | {"phone": "<script>"}).status_code == 422
    answers = [client.post(address, typed).status_code for _person in range(3)]

    assert answers == [200, 200, 422]
    codes = set(Appointment.objects.values_list("code", "booked_by", "place"))
    assert {(by, place) for _code, by, place in codes} == {(None, "desk")}
    assert len(codes) == 2
    assert client.post(f"{address}?place=home", typed).status_code == 422
    home = client.post(f"{address}?place=home", typed | {"address": "12 Lê Lợi, phường Trường Vinh"})
    assert (home.status_code, "Cán bộ sẽ gọi trước khi đến" in home.content.decode()) == (200, True)
    assert client.get(reverse("portal:booking", args=[0])).status_code == 404
    BOOKINGS.forget("198.51.100.77")
