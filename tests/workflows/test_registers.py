"""The register opens by itself, has no gap, is closed by the head and sealed, and tells when a line was changed."""

from io import BytesIO

import pgtrigger
import pytest
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from onestop.desk import register_files
from onestop.desk.slips.register import all_lines
from tests.workflows.conftest import MONDAY, moment
from workflows.exceptions import NotAllowed, NotFound, NotPossibleNow
from workflows.models import Dossier, Job, RegisterSeal, Slip
from workflows.services import receive, withdraw
from workflows.services.jobs import run_waiting
from workflows.services.registers import close_volume, is_whole, volumes_of


@pytest.fixture
def files(people, intake):
    """Two files of 2025, three of 2026."""
    days = [moment(2, 8, year=2025), moment(3, 8, year=2025), MONDAY, moment(3, 8), moment(4, 8)]
    return [receive(intake=intake(), by=people.lan, at=at) for at in days]


def shown(offices):
    """Every volume as (year, volume, first, last, closed)."""
    return [(v.year, v.number, v.first, v.last, v.seal is not None) for v in volumes_of([offices.desk.pk])]


def test_a_year_opens_by_itself_and_begins_at_one(files, offices):
    assert shown(offices) == [(2026, 1, 1, 3, False), (2025, 1, 1, 2, False)]
    assert volumes_of([offices.desk.pk])[0].opened_at == MONDAY


def test_the_head_closes_in_order_and_numbers_go_on_in_a_new_volume(files, offices, people, intake):
    desk = offices.desk.pk
    with pytest.raises(NotPossibleNow, match="2025"):
        close_volume(office_id=desk, year=2026, by=people.supervisor)
    first = close_volume(office_id=desk, year=2025, by=people.supervisor)
    second = close_volume(office_id=desk, year=2026, by=people.supervisor)
    with pytest.raises(NotPossibleNow):
        close_volume(office_id=desk, year=2026, by=people.supervisor)
    receive(intake=intake(), by=people.lan, at=moment(5, 8))

    assert shown(offices) == [(2026, 2, 4, 4, False), (2026, 1, 1, 3, True), (2025, 1, 1, 2, True)]
    assert second.previous_hash == first.hash
    assert is_whole(first)
    assert is_whole(second)


def test_only_the_head_closes_and_only_what_there_is(files, offices, people):
    with pytest.raises(NotAllowed):
        close_volume(office_id=offices.desk.pk, year=2025, by=people.lan)
    with pytest.raises(NotFound):
        close_volume(office_id=offices.desk.pk, year=2024, by=people.supervisor)

    assert RegisterSeal.objects.count() == 0


def test_a_changed_or_missing_line_breaks_the_seal(files, offices, people):
    seal = close_volume(office_id=offices.desk.pk, year=2025, by=people.supervisor)
    Dossier.objects.filter(pk=files[0].pk).update(code="H40.01-250302-0009")
    assert not is_whole(seal)
    Dossier.objects.filter(pk=files[0].pk).update(code=files[0].code)
    assert is_whole(seal)

    with pgtrigger.ignore("workflows.Slip:append_only"):
        Slip.objects.filter(dossier=files[1], kind="register").delete()

    assert not is_whole(seal)


def test_screen_paper_and_table_hold_the_same_lines(files, offices, people, client):
    withdraw(dossier_id=files[4].pk, reason="Xin rút", by=people.lan, at=moment(5, 8))
    client.force_login(people.supervisor)
    args = [offices.desk.pk, 2026, 1]
    volume = volumes_of([offices.desk.pk])[0]
    lines = list(all_lines(volume))

    page = client.get(reverse("desk:register", args=args)).content.decode()
    printed = client.get(reverse("desk:register_file", args=[*args, "pdf"])).content
    sheet = load_workbook(BytesIO(client.get(reverse("desk:register_file", args=[*args, "xlsx"])).content)).active

    rows = list(sheet.values)
    text = " ".join(" ".join(found.extract_text() for found in PdfReader(BytesIO(printed)).pages).split())
    assert [row[:2] for row in rows[1:]] == [(line.number, line.code) for line in lines]
    assert [line.code for line in lines] == [file.code for file in files[2:]]
    assert rows[3][8] == "rút hồ sơ"
    assert "SỔ THEO DÕI" in text
    for line in lines:
        assert line.code in page
        assert line.code in text
        assert line.received in page


def test_a_long_volume_is_written_as_long_work(files, offices, people, client, monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(register_files, "AT_ONCE", 2)
    client.force_login(people.lan)

    begun = client.get(reverse("desk:register_file", args=[offices.desk.pk, 2026, 1, "xlsx"]))
    run_waiting()

    job = Job.objects.get()
    assert begun.url == reverse("desk:job", args=[job.pk])
    assert (job.state, job.done, job.total) == ("done", 3, 3)
    with job.file.open("rb") as written:
        assert load_workbook(BytesIO(written.read())).active.max_row == 4


def test_the_page_shows_whether_the_seal_holds_and_lets_the_head_close(files, offices, people, client):
    client.force_login(people.supervisor)
    close = reverse("desk:register_close", args=[offices.desk.pk, 2025])
    page = reverse("desk:register", args=[offices.desk.pk, 2025, 1])
    assert close in client.get(page).content.decode()

    closed = client.post(close, follow=True).content.decode()

    assert RegisterSeal.objects.get().hash in closed
    assert "Dấu niêm còn nguyên" in closed
    client.force_login(people.lan)
    assert client.post(close).status_code == 403
