"""The supervisor's page: every number opens exactly that list, and only what one supervises is on it."""

import csv
import io
import random
from datetime import date, timedelta
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from offices.capacities import capacities_of
from offices.models import Membership, Office, Role, User
from onestop.desk.counts import COUNTERS
from onestop.desk.exporting.files import csv_lines, harmless, write_xlsx
from onestop.desk.reading.watch_choice import TABLES
from onestop.desk.reading.watch_kinds import FLAG_KINDS, KINDS
from onestop.desk.reading.watch_sheets import Sheet
from sla.models import Clock
from tests.workflows.conftest import moment, open_step
from tests.workflows.situations import Situations
from workflows.models import Apology, BreachReview, Consultation, Dossier, Flag, HeldTime, LedgerSum, Step
from workflows.services.sweeping import sweep

PAGE = reverse("desk:supervise")
PARTS = {name: reverse(f"desk:supervise_{name}") for name in ("now", "table", "heat", "weeks", "hours", "causes")}
EVIDENCE = {
    "overdue": {"due_at": "2026-03-16T10:00:00+00:00"},
    "due_soon": {"due_at": "2026-03-16T10:00:00+00:00"},
    "step_overdue": {"due_at": "2026-03-16T10:00:00+00:00"},
    "resubmitted": {"why": "supplement", "number": 2, "items": ["Giấy xác nhận"]},
    "stuck": {"last_act_at": "2026-03-02T01:00:00+00:00"},
    "pause": {"patterns": {"twice_in_run": {"stops": 2}}},
    "extra_paper": {"items": ["Sổ hộ khẩu"]},
    "no_apology": {"due_by": "2026-03-13T10:00:00+00:00"},
}
BUILT = ("registered", "received", "in_process", "awaiting_supplement", "decided", "returned", "stopped")
CAUSES = ("", "overload", "leader")


@pytest.fixture
def make(people, intake, offices):
    return Situations(people, intake, offices)


@pytest.fixture
def watching(desk_of, people):
    return desk_of(people.supervisor)


def stir(dossiers, chance, offices):
    """Random flags, dates, pauses, apologies, breaches and holders on random dossiers."""
    users = list(User.objects.filter(username__in=["lan", "minh", "binh", "head"]))
    for step in Step.objects.open():
        step.owner = chance.choice([*users, None])
        step.office = chance.choice([step.office, offices.police])
        step.save(update_fields=["owner", "office"])
        if chance.random() < 0.4:
            add_step(step, chance)
    for dossier in dossiers:
        raise_flags(dossier, chance)
        add_dates(dossier, chance)
        add_question(dossier, chance, offices)


def add_step(step, chance):
    """A second open step of the same dossier, in the same office or held by the same person now and then."""
    step.pk, step.clock, step.key = None, None, "second"
    step.phase = chance.choice([step.phase, "approve"])
    step.owner = chance.choice([step.owner, None])
    step.save(force_insert=True)


def raise_flags(dossier, chance):
    """Flags of any kind, some about one step, some cleared."""
    dossier.flags.filter(cleared_at__isnull=True).update(cleared_at=moment(9, 8))
    for kind in chance.sample(FLAG_KINDS, chance.randint(0, len(FLAG_KINDS))):
        steps = list(Step.objects.human().filter(process=dossier))
        about = chance.choice(steps) if steps and kind == "step_overdue" else None
        raised = moment(2, 8) + timedelta(minutes=chance.randint(0, 3))
        cleared = moment(9, 8) if chance.random() < 0.2 else None
        values = {"evidence": EVIDENCE[kind], "raised_at": raised, "cleared_at": cleared}
        Flag.objects.create(dossier=dossier, kind=kind, step=about, **values)


def add_dates(dossier, chance):
    """Dates soon and long ago, apologies owed, limits missed."""
    now = timezone.now()
    soon = now + timedelta(hours=chance.choice([-5, 1, 300]))
    past = now - timedelta(days=chance.choice([1, 9, 70]))
    decided = {"decided_at": past, "verdict": chance.choice(["late", "on_time"])} if dossier.decided_at else {}
    Dossier.objects.filter(pk=dossier.pk).update(due_at=soon, received_at=past, **decided)
    Clock.objects.filter(pk=dossier.statutory_clock_id, state="stopped").update(
        stopped_at=now - timedelta(days=chance.choice([2, 60]))
    )
    if chance.random() < 0.6:
        for run in range(1, chance.randint(1, 2) + 1):
            Apology.objects.create(
                dossier=dossier, run=run, cause="rung", opened_at=past, due_at=soon, due_by=soon - timedelta(days=1)
            )
    if dossier.statutory_clock_id and chance.random() < 0.6:
        BreachReview.objects.create(
            dossier=dossier, clock_id=dossier.statutory_clock_id, run=1, due_at=past, opened_at=past,
            office=dossier.handling_office, party="division", cause=chance.choice(CAUSES),
        )  # fmt: skip


def add_question(dossier, chance, offices):
    """Another office is asked now and then."""
    step = Step.objects.open().filter(process=dossier).first()
    if step and chance.random() < 0.3:
        Consultation.objects.create(
            dossier=dossier, step=step, office=offices.police, question="?", term_ends_at=moment(9, 8),
            asked_by=User.objects.get(username="minh"), asked_at=moment(2, 9),
        )  # fmt: skip


def numbers_of(client, query):
    """Every number of the board with the address it leads to."""
    found = [(tile.count, tile.href) for answer in client.get(PAGE + query).context["answers"] for tile in answer.tiles]
    whole = f"{query or '?'}&full=all"
    table = client.get(PARTS["table"] + whole).context["table"].shown
    found += [(cell.count, cell.href) for line in table for cell in line.cells]
    heat = client.get(PARTS["heat"] + whole).context["heat"].rows
    found += [(cell.count, cell.href) for row in heat for cell in row.cells]
    found += [(c.count, c.href) for week in client.get(PARTS["weeks"] + query).context["weeks"] for c in week.cells]
    found += [(one.cell.count, one.cell.href) for one in client.get(PARTS["causes"] + query).context["causes"]]
    return found


def length_of_list(client, query):
    """How many rows one sees when one turns every page; no row comes twice."""
    seen = []
    total = client.get(PAGE + query).context["total"]
    while query:
        page = client.get(PAGE + query).context["page"]
        seen += [row.row.pk for row in page.rows]
        query = page.next_url
    assert len(seen) == len(set(seen)) == total
    return total


@pytest.mark.parametrize("seed", [1, 2])
def test_every_number_is_the_length_of_the_list_it_opens(make, watching, offices, monkeypatch, seed):
    monkeypatch.setattr("onestop.desk.reading.watched_rows.ROWS", 4)
    chance = random.Random(seed)
    stir([getattr(make, chance.choice(BUILT))() for _number in range(7)], chance, offices)
    whole = numbers_of(watching, f"?by={TABLES[seed]}")
    start = chance.choice([href for count, href in whole if count])

    links = whole[: len(KINDS)] + chance.sample(whole, 16)
    links += chance.sample(numbers_of(watching, f"{start}&by={TABLES[seed + 1]}"), 8)

    wrong = {(count, href) for count, href in dict.fromkeys(links) if length_of_list(watching, href) != count}
    assert wrong == set()
    assert any(count for count, _href in links)


def test_rail_counts_the_list_that_the_page_opens_with(make, watching, people, offices):
    stir([make.in_process() for _number in range(4)], random.Random(5), offices)

    count = COUNTERS["supervise"](capacities_of(people.supervisor, timezone.now()), timezone.now())

    assert count == watching.get(PAGE).context["total"] == length_of_list(watching, "?")


def test_real_sweep_puts_a_late_dossier_on_the_board(make, watching):
    dossier = make.in_process()

    sweep()

    page = watching.get(PAGE).content.decode()
    assert dossier.code in page
    assert "Trễ từ 17:00 16/03/2026" in page
    assert reverse("desk:dossier", args=[dossier.pk]) in page


def test_row_says_where_with_whom_and_why(make, watching, people):
    dossier = make.in_process()
    step = open_step(dossier)
    step.owner = people.minh
    step.save(update_fields=["owner"])
    evidence = {"why": "returned", "step": "appraise", "times": 3, "allowed": 2}
    Flag.objects.create(dossier=dossier, kind="resubmitted", evidence=evidence, raised_at=moment(5, 9))

    (row,) = watching.get(f"{PAGE}?kind=resubmitted").context["page"].rows

    assert row.place == "Thẩm định · Sở GDĐT"
    assert row.holder == "Minh"
    assert row.evidence == "Thẩm định bị trả lại 3 lần; từ 05/03"


def tile_counts(client, query=""):
    answers = client.get(PAGE + query).context["answers"]
    return {tile.kind: tile.count for answer in answers for tile in answer.tiles}


def test_dossiers_of_other_offices_are_not_watched(make, desk_of, offices):
    stir([make.in_process(), make.awaiting_supplement()], random.Random(5), offices)
    other = Office.objects.create(name="UBND tỉnh khác", short_name="Khác", code="H41", level="province")
    stranger = User.objects.create_user("xa", full_name="Người Xa")
    Membership.objects.create(user=stranger, office=other, role=Role.SUPERVISOR, valid_from=date(2000, 1, 1))
    client = desk_of(stranger)

    numbers = tile_counts(client) | tile_counts(client, "?party=person")

    assert numbers == dict.fromkeys(KINDS, 0)
    assert client.get(PARTS["table"]).context["table"].whole == []
    assert client.get(PARTS["heat"]).context["heat"].rows == []
    assert {cell.count for week in client.get(PARTS["weeks"]).context["weeks"] for cell in week.cells} == {0}
    assert client.get(PARTS["causes"]).context["causes"] == []


def test_supervisor_who_is_also_clerk_watches_the_own_offices_only(make, desk_of, people, offices):
    make.in_process()
    sweep()
    Membership.objects.create(user=people.lan, office=offices.police, role=Role.SUPERVISOR, valid_from=date(2000, 1, 1))

    assert desk_of(people.lan).get(PAGE).context["total"] == 0


def test_closed_dossier_is_watched_no_more(make, watching):
    dossier = make.stopped()
    Flag.objects.create(dossier=dossier, kind="resubmitted", evidence=EVIDENCE["resubmitted"], raised_at=moment(2, 9))

    assert tile_counts(watching) == dict.fromkeys(KINDS, 0)


def test_pause_is_too_long_after_fifteen_working_days(make, watching):
    long, short = make.awaiting_supplement(), make.awaiting_supplement()
    now = timezone.now()
    Clock.objects.filter(pk=long.statutory_clock_id).update(stopped_at=now - timedelta(days=40))
    Clock.objects.filter(pk=short.statutory_clock_id).update(stopped_at=now - timedelta(days=10))

    rows = watching.get(f"{PAGE}?kind=paused").context["page"].rows

    assert [row.dossier for row in rows] == [long]


def test_week_divides_what_was_decided_by_what_was_late_and_apologised(make, watching, people):
    dossiers = [make.decided() for _number in range(3)]
    now = timezone.now()
    Dossier.objects.filter(pk__in=[one.pk for one in dossiers]).update(
        decided_at=now, received_at=now, verdict="on_time"
    )
    Dossier.objects.filter(pk__in=[one.pk for one in dossiers[:2]]).update(verdict="late")
    Apology.objects.create(
        dossier=dossiers[0], cause="overdue", opened_at=now, due_at=now, due_by=now, reason="Quá tải", new_date_at=now,
        proposed_by=people.minh, proposed_at=now, approved_by=people.leader, approved_at=now,
    )  # fmt: skip

    weeks = watching.get(PARTS["weeks"]).context["weeks"]

    assert len(weeks) == 8
    assert [cell.count for cell in weeks[-1].cells] == [3, 3, 2, 1]
    assert len(watching.get(f"{PARTS['weeks']}?weeks=26").context["weeks"]) == 26


def test_hours_of_the_list_add_up_and_say_until_when(make, watching, people, offices):
    dossier, other = make.in_process(), make.in_process()
    Flag.objects.create(dossier=dossier, kind="overdue", evidence=EVIDENCE["overdue"], raised_at=moment(2, 9))
    HeldTime.objects.all().delete()
    LedgerSum.objects.all().delete()
    HeldTime.objects.create(dossier=dossier, party="desk", office=offices.desk, seconds=3600)
    HeldTime.objects.create(dossier=dossier, party="person", office=offices.department, user=people.minh, seconds=10800)
    HeldTime.objects.create(dossier=other, party="citizen", seconds=99999)
    LedgerSum.objects.create(dossier=dossier, acts=3, counted_to=moment(5, 9), seconds=14400)

    hours = watching.get(f"{PARTS['hours']}?held=person").context["hours"]

    assert [(part.party, part.seconds, part.share) for part in hours.parts] == [
        ("desk", 3600, 25.0),
        ("person", 10800, 75.0),
    ]
    assert hours.counted_to == moment(5, 9)
    assert [(one.dossier, one.amount) for one in hours.dossiers] == [(dossier, "3 giờ")]
    assert [holder.name for holder in hours.holders] == ["Minh · Sở GDĐT"]


def csv_of(client, name, query=""):
    answer = client.get(reverse("desk:supervise_file", args=[name, "csv"]) + query)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_files_hold_the_numbers_of_the_screen(make, watching, offices):
    stir([make.in_process() for _number in range(4)], random.Random(3), offices)
    page = watching.get(PAGE).context["page"]
    table = watching.get(f"{PARTS['table']}?full=all").context["table"].shown
    heat = watching.get(PARTS["heat"]).context["heat"]
    weeks = watching.get(PARTS["weeks"]).context["weeks"]

    rows, lines = csv_of(watching, "list"), csv_of(watching, "table")
    cells, by_week = csv_of(watching, "heat"), csv_of(watching, "weeks")

    assert [row[:5] for row in rows[1:]] == [
        [row.dossier.code, row.dossier.procedure.name, row.place, row.holder, row.evidence] for row in page.rows
    ]
    assert lines[1:] == [[line.name, *(str(cell.count) for cell in line.cells)] for line in table]
    assert cells[1:] == [[row.name, *(str(cell.count) for cell in row.cells)] for row in heat.rows]
    assert by_week[1:] == [[week.long_label, *(str(cell.count) for cell in week.cells)] for week in weeks]


def test_workbook_is_one(make, watching):
    make.in_process()
    sweep()

    answer = watching.get(reverse("desk:supervise_file", args=["list", "xlsx"]))

    with ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as book:
        assert "xl/worksheets/sheet1.xml" in book.namelist()


def test_no_cell_becomes_a_formula():
    sheet = Sheet("Danh sách", ["=head"], [["=1+1"], ["+84"], ["-1"], ["@a"], [-1], ["a=b"]])
    book = io.BytesIO()

    lines = list(csv_lines(sheet))
    write_xlsx(sheet, book)

    assert [line.strip("\ufeff\r\n") for line in lines] == ["'=head", "'=1+1", "'+84", "'-1", "'@a", "-1", "a=b"]
    assert harmless("Ánh;=HYPERLINK(1), +1\n@x") == "Ánh;'=HYPERLINK(1),' +1\n'@x"
    assert harmless(" =1") == "' =1"
    with ZipFile(book) as found:
        assert b"<f>" not in found.read("xl/worksheets/sheet1.xml")


def test_unknown_file_does_not_exist(watching):
    assert watching.get("/desk/supervise/secrets.csv").status_code == 404
    assert watching.get("/desk/supervise/list.exe").status_code == 404


def test_open_page_is_answered_not_modified_until_something_changes(make, watching):
    dossier = make.in_process()
    tag = watching.get(PARTS["now"])["ETag"]

    again = watching.get(PARTS["now"], headers={"If-None-Match": tag})
    Flag.objects.create(dossier=dossier, kind="overdue", evidence=EVIDENCE["overdue"], raised_at=moment(2, 9))
    changed = watching.get(PARTS["now"], headers={"If-None-Match": tag})

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200
    assert dossier.code in changed.content.decode()


def statements(client, address):
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


@pytest.mark.parametrize("query", ["?", "?kind=stuck&procedure={procedure}&by=person", "?office={office}"])
def test_statements_do_not_grow_with_the_list(make, watching, offices, query):
    first = make.in_process()
    sweep()
    query = query.format(procedure=first.procedure_id, office=offices.department.pk)
    addresses = [PAGE + query, *(address + query for address in PARTS.values())]
    for address in addresses:
        watching.get(address)
    few = [statements(watching, address) for address in addresses]
    for _number in range(3):
        make.in_process()
    sweep()

    assert [statements(watching, address) for address in addresses] <= few
    assert max(few) <= 36


def test_nonsense_in_the_address_is_left_out(make, watching):
    make.in_process()
    sweep()
    query = "?kind=nonsense&office=abc&person=9999999999999999999999&after=x~y&phase=%00&week=2026-13-01&party=x&by=z"

    for address in (PAGE, *PARTS.values()):
        assert watching.get(address + query).status_code == 200


def test_chosen_procedure_spreads_the_list_over_its_steps(make, watching):
    dossier = make.in_process()
    sweep()

    answer = watching.get(f"{PARTS['heat']}?procedure={dossier.procedure_id}")

    assert answer.context["heat"].columns == ["Thẩm định"]
    assert "Đang nằm ở đâu: bước và đơn vị" in answer.content.decode()


def test_part_is_a_page_of_its_own_without_scripts(make, watching):
    whole, piece = watching.get(PARTS["weeks"]), watching.get(PARTS["weeks"], headers={"HX-Request": "true"})

    assert b"<html" in whole.content
    assert b"<html" not in piece.content
    assert piece.content.decode().strip() in whole.content.decode()
