"""Every number of the rail equals the list it opens, whatever happened before."""

import random
from dataclasses import replace

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from offices.capacities import capacities_of
from offices.models import Absence
from onestop.desk.counts import COUNTERS
from tests.workflows.conftest import MONDAY, moment
from tests.workflows.papers import pdf
from workflows.exceptions import WorkflowError
from workflows.models import Consultation, Dossier, Step
from workflows.services import (
    add_paper,
    approve,
    claim,
    consult,
    finish_step,
    receive,
    register_online,
    request_supplement,
    return_result,
    withdraw,
)

WHO = {"intake": "lan", "assign": "head", "appraise": "minh", "review": "head", "sign": "leader", "number": "registry"}


def shown(client, page, key):
    """Every row of a list, page by page."""
    rows, url = [], reverse(f"desk:{page}")
    while url:
        context = client.get(url).context
        rows += key(context)
        following = getattr(context.get("page"), "next_url", "")
        url = reverse(f"desk:{page}") + following if following else ""
    return rows


LISTS = {
    "my_work": lambda context: [*context["asked"], *context["page"].rows],
    "approve": lambda context: context["rows"],
    "return": lambda context: context["page"].rows,
    "notices": lambda context: [row for row in context["page"].rows if row.is_new],
}


def shake(chance, people, intake, offices):
    """Receive some dossiers and do whatever chance says; what is refused is refused."""
    from decimal import Decimal

    from sla.terms import Term, Unit

    dossiers = []
    for _number in range(10):
        channel = chance.choice(["desk", "online"])
        file = replace(intake(), channel=channel)
        act = register_online if channel == "online" else receive
        dossiers.append(act(intake=file, by=chance.choice([people.lan, people.hoa]), at=MONDAY))
    for minute in range(90):
        dossier, at = chance.choice(dossiers), moment(2, 9 + minute // 60, minute % 60)
        step = Step.objects.open().filter(process=dossier).first()
        try:
            random_act(chance, dossier, step, people, offices, at, Term(Decimal(3), Unit.WORKING_DAY))
        except WorkflowError:
            continue


def random_act(chance, dossier, step, people, offices, at, term):
    kind = chance.choice(["on"] * 6 + ["claim", "ask", "consult", "withdraw", "receive", "return"])
    who = getattr(people, WHO.get(step.key if step else "", "lan"))
    if kind == "receive":
        receive(dossier_id=dossier.pk, by=people.lan, at=at)
    elif kind == "return":
        return_result(dossier_id=dossier.pk, handed_to="A", by=people.lan, at=at)
    elif kind == "withdraw" and chance.random() < 0.3:
        withdraw(dossier_id=dossier.pk, reason="Xin rút", by=people.lan, at=at)
    elif step is None:
        return
    elif kind == "claim":
        claim(step_id=step.pk, by=who, at=at)
    elif kind == "ask":
        request_supplement(dossier_id=dossier.pk, items=["Ảnh"], reason="Thiếu", by=who, at=at)
    elif kind == "consult":
        consult(step_id=step.pk, office_ids=[offices.police.pk], question="?", term=term, by=who, at=at)
    elif step.key == "sign":
        add_paper(dossier_id=dossier.pk, kind="draft", file=pdf(), by=who, at=at)
        approve(step_id=step.pk, by=who, at=at)
    else:
        finish_step(step_id=step.pk, outcome=chance.choice(step.flow_task.outcomes), reason="vì", by=who, at=at)


@pytest.mark.parametrize("seed", range(4))
def test_every_count_equals_its_list(seed, people, intake, offices, desk_of, monkeypatch):
    monkeypatch.setattr("onestop.desk.paging.PAGE", 3)
    chance = random.Random(seed)
    shake(chance, people, intake, offices)
    Absence.objects.create(absentee=people.minh, stand_in=people.binh, valid_from="2020-01-01")
    at = timezone.now()

    for name in ("lan", "minh", "binh", "head", "leader", "registry", "police", "hoa"):
        user = getattr(people, name)
        capacities, client = capacities_of(user, at), desk_of(user)
        for page, key in LISTS.items():
            if client.get(reverse(f"desk:{page}")).status_code == 403:
                continue
            assert COUNTERS[page](capacities, at) == len(shown(client, page, key)), (name, page)


@pytest.mark.parametrize("seed", range(2))
def test_the_groups_of_my_work_add_up(seed, people, intake, offices, desk_of):
    from onestop.desk.reading.work import group_counts, group_of

    shake(random.Random(seed), people, intake, offices)
    at = moment(2, 12)
    steps = Step.objects.open().select_related("process")

    counts = group_counts(steps, at=at)

    assert sum(counts.values()) == steps.count()
    for group, count in counts.items():
        assert count == sum(group_of(step, at) == group for step in steps), group


def test_the_online_count_equals_its_list(people, intake, offices, desk_of):
    shake(random.Random(7), people, intake, offices)
    at = timezone.now()
    try:
        page = desk_of(people.lan).get(reverse("desk:online"))
    except NoReverseMatch:
        pytest.fail("The list of online dossiers is missing.")

    waiting = Dossier.objects.filter(legal_status=1)
    assert COUNTERS["online"](capacities_of(people.lan, at), at) == waiting.count()
    assert all(dossier.code in page.content.decode() for dossier in waiting)


def test_asked_offices_see_their_questions_in_the_count(received, people, offices):
    at = timezone.now()

    assert Consultation.objects.count() == 0
    assert COUNTERS["my_work"](capacities_of(people.police, at), at) == 0
