"""Every number of the rail equals the list it opens, whatever happened before."""

import random
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from offices.capacities import capacities_of
from offices.models import Absence
from onestop.desk.counts import COUNTERS
from onestop.desk.reading.work import group_counts, group_of
from sla.terms import Term, Unit
from tests.workflows.conftest import MONDAY, moment
from tests.workflows.papers import pdf
from workflows.exceptions import WorkflowError
from workflows.models import Dossier, Step
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
    "my_work": lambda context: [*context["asked"], *context["consents"], *context["page"].rows],
    "approve": lambda context: context["rows"],
    "return": lambda context: context["page"].rows,
    "notices": lambda context: [row for row in context["page"].rows if row.is_new],
}


THREE_DAYS = Term(Decimal(3), Unit.WORKING_DAY)
KINDS = ["on"] * 7 + ["claim", "ask", "consult", "withdraw", "receive", "return"]


def shake(chance, people, intake, offices):
    """Receive some dossiers and do whatever chance says; what is refused is refused."""
    dossiers = []
    for _number in range(10):
        channel = chance.choice(["desk", "desk", "online"])
        act = register_online if channel == "online" else receive
        file = replace(intake(), channel=channel)
        dossiers.append(act(intake=file, by=chance.choice([people.lan, people.hoa]), at=MONDAY))
    for minute in range(120):
        dossier, at = chance.choice(dossiers), moment(2, 9 + minute // 60, minute % 60)
        step = Step.objects.open().filter(process=dossier).first()
        who = getattr(people, WHO.get(step.key if step else "", "lan"))
        with suppress(WorkflowError):
            random_act(chance, dossier, step, offices, {"by": who, "at": at})


def random_act(chance, dossier, step, offices, common):
    """One act of some kind by whoever the step belongs to."""
    kind = chance.choice(KINDS)
    on_dossier = {
        "receive": lambda: receive(dossier_id=dossier.pk, **common),
        "return": lambda: return_result(dossier_id=dossier.pk, handed_to="A", **common),
        "withdraw": lambda: withdraw(dossier_id=dossier.pk, reason="Xin rút", **common),
        "ask": lambda: request_supplement(dossier_id=dossier.pk, items=["Ảnh"], reason="Thiếu", **common),
    }
    if kind in on_dossier:
        return on_dossier[kind]()
    if step is None:
        return None
    if kind == "claim":
        return claim(step_id=step.pk, **common)
    if kind == "consult":
        asked = {"office_ids": [offices.police.pk], "question": "?", "term": THREE_DAYS}
        return consult(step_id=step.pk, **asked, **common)
    if step.key == "sign":
        add_paper(dossier_id=dossier.pk, kind="draft", file=pdf(), **common)
        return approve(step_id=step.pk, **common)
    return finish_step(step_id=step.pk, outcome=chance.choice(step.flow_task.outcomes), reason="vì", **common)


@pytest.mark.parametrize("seed", range(4))
def test_every_count_equals_its_list(seed, people, intake, offices, desk_of, monkeypatch):
    monkeypatch.setattr("onestop.desk.paging.PAGE", 3)
    chance = random.Random(seed)
    shake(chance, people, intake, offices)
    Absence.objects.create(absentee=people.minh, stand_in=people.binh, valid_from="2020-01-01")
    at = timezone.now()

    found = dict.fromkeys(LISTS, 0)
    for name in ("lan", "minh", "binh", "head", "leader", "registry", "police", "hoa"):
        user = getattr(people, name)
        capacities, client = capacities_of(user, at), desk_of(user)
        for page, key in LISTS.items():
            if client.get(reverse(f"desk:{page}")).status_code == 403:
                continue
            count = len(shown(client, page, key))
            assert COUNTERS[page](capacities, at) == count, (name, page)
            found[page] += count
    assert found["my_work"] and found["notices"]


@pytest.mark.parametrize("seed", range(2))
def test_the_groups_of_my_work_add_up(seed, people, intake, offices, desk_of):
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
    page = desk_of(people.lan).get(reverse("desk:online"))

    waiting = Dossier.objects.filter(legal_status=1)
    assert COUNTERS["online"](capacities_of(people.lan, at), at) == waiting.count()
    assert all(dossier.code in page.content.decode() for dossier in waiting)
