"""The supervisor's page: every number opens exactly that list, and only what one supervises is on it."""

import random
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from offices.capacities import capacities_of
from offices.models import Membership, Office, Role, User
from onestop.desk.counts import COUNTERS
from onestop.desk.reading.watching import KINDS
from tests.workflows.conftest import moment, open_step
from tests.workflows.situations import Situations
from workflows.models import Flag, Step
from workflows.services.sweeping import sweep

PAGE = reverse("desk:supervise")
EVIDENCE = {
    "overdue": {"due_at": "2026-03-16T10:00:00+00:00"},
    "due_soon": {"due_at": "2026-03-16T10:00:00+00:00"},
    "step_overdue": {"due_at": "2026-03-16T10:00:00+00:00"},
    "resubmitted": {"why": "supplement", "number": 2, "items": ["Giấy xác nhận"]},
    "stuck": {"last_act_at": "2026-03-02T01:00:00+00:00"},
}
BUILT = ("registered", "received", "in_process", "awaiting_supplement", "decided", "returned", "stopped")


@pytest.fixture
def make(people, intake, offices):
    return Situations(people, intake, offices)


@pytest.fixture
def watching(desk_of, people):
    return desk_of(people.supervisor)


def raise_flags(dossiers, chance):
    """Random flags on random dossiers, some cleared; random holders of the open steps."""
    users = list(User.objects.filter(username__in=["lan", "minh", "binh", "head"]))
    for step in Step.objects.open():
        step.owner = chance.choice([*users, None])
        step.save(update_fields=["owner"])
    for dossier in dossiers:
        for kind in chance.sample(KINDS, chance.randint(0, len(KINDS))):
            steps = list(Step.objects.human().filter(process=dossier))
            about = chance.choice(steps) if steps and kind == "step_overdue" else None
            raised = moment(2, 8) + timedelta(minutes=chance.randint(0, 3))
            cleared = moment(9, 8) if chance.random() < 0.2 else None
            values = {"evidence": EVIDENCE[kind], "raised_at": raised, "cleared_at": cleared}
            Flag.objects.create(dossier=dossier, kind=kind, step=about, **values)


def links_of(answer):
    """Every number on the page with the address it leads to."""
    context = answer.context
    found = [(tile.count, tile.href) for tile in context["tiles"]]
    for lines in context["tables"].values():
        found += [(cell.count, cell.href) for line in lines for cell in line.cells]
    found += [(cell.count, cell.href) for row in context["heat"].rows for cell in row.cells]
    return found


def length_of_list(client, query):
    """How many rows one sees when one turns every page; no row comes twice."""
    seen = []
    while query:
        page = client.get(PAGE + query).context["page"]
        seen += [row.flag.pk for row in page.rows]
        query = page.next_url
    assert len(seen) == len(set(seen))
    return len(seen)


@pytest.mark.parametrize("seed", [1, 2])
def test_every_number_is_the_length_of_the_list_it_opens(make, watching, monkeypatch, seed):
    monkeypatch.setattr("onestop.desk.reading.watched_rows.ROWS", 3)
    chance = random.Random(seed)
    raise_flags([getattr(make, chance.choice(BUILT))() for _number in range(7)], chance)
    whole = links_of(watching.get(PAGE))
    start = chance.choice([href for count, href in whole if count])

    links = whole[: len(KINDS)] + chance.sample(whole, 20) + links_of(watching.get(PAGE + start))[:20]

    assert {(count, href) for count, href in dict.fromkeys(links) if length_of_list(watching, href) != count} == set()


def test_rail_counts_the_list_that_the_page_opens_with(make, watching, people):
    raise_flags([make.in_process() for _number in range(4)], random.Random(5))

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


def test_dossiers_of_other_offices_are_not_watched(make, desk_of, people):
    raise_flags([make.in_process()], random.Random(5))
    other = Office.objects.create(name="UBND tỉnh khác", short_name="Khác", code="H41", level="province")
    stranger = User.objects.create_user("xa", full_name="Người Xa")
    Membership.objects.create(user=stranger, office=other, role=Role.SUPERVISOR, valid_from=date(2000, 1, 1))

    tiles = desk_of(stranger).get(PAGE).context["tiles"]

    assert [tile.count for tile in tiles] == [0] * len(KINDS)


def test_supervisor_who_is_also_clerk_watches_the_own_offices_only(make, desk_of, people, offices):
    make.in_process()
    sweep()
    Membership.objects.create(user=people.lan, office=offices.police, role=Role.SUPERVISOR, valid_from=date(2000, 1, 1))

    assert desk_of(people.lan).get(PAGE).context["total"] == 0


def test_closed_dossier_is_watched_no_more(make, watching):
    dossier = make.stopped()
    Flag.objects.create(dossier=dossier, kind="resubmitted", evidence=EVIDENCE["resubmitted"], raised_at=moment(2, 9))

    assert [tile.count for tile in watching.get(PAGE).context["tiles"]] == [0] * len(KINDS)


def statements(client, query):
    with CaptureQueriesContext(connection) as captured:
        client.get(PAGE + query)
    return len(captured)


@pytest.mark.parametrize("query", ["", "?kind=stuck&procedure={procedure}"])
def test_statements_do_not_grow_with_the_list(make, watching, query):
    first = make.in_process()
    sweep()
    query = query.format(procedure=first.procedure_id)
    watching.get(PAGE + query)
    few = statements(watching, query)
    for _number in range(5):
        make.in_process()
    sweep()

    assert statements(watching, query) <= few <= 24


def test_nonsense_in_the_address_is_left_out(make, watching):
    make.in_process()
    sweep()

    answer = watching.get(f"{PAGE}?kind=nonsense&office=abc&person=9999999999999999999999&after=x~y&phase=%00")

    assert answer.status_code == 200


def test_chosen_procedure_spreads_the_list_over_its_steps(make, watching):
    dossier = make.in_process()
    sweep()

    answer = watching.get(f"{PAGE}?procedure={dossier.procedure_id}")

    assert answer.context["heat"].columns == ["Thẩm định"]
    assert "Đang nằm ở đâu: bước và đơn vị" in answer.content.decode()
