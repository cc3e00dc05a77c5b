"""An office at work, with a dossier in every situation that a page needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.utils import timezone

from hall import services as hall_services
from offices.capacities import local_day
from offices.models import Membership
from offices.services import add_absence
from procedures.services import import_definition, put_in_charge
from sla.terms import Term, Unit
from tests.workflows.conftest import definition_of, moment, open_step
from tests.workflows.papers import pdf
from tests.workflows.situations import Situations
from workflows import services
from workflows.models import BreachReview, Flag, Job, Notice, Paper
from workflows.services.calendar_acts import draft_calendar
from workflows.services.incoming_files import take_in_file
from workflows.services.jobs import run, start
from workflows.services.laddering import choose_ladder
from workflows.services.noting import add_note
from workflows.services.ruling import choose_rule
from workflows.services.sweeping import sweep

World = SimpleNamespace


def build_world(people: SimpleNamespace, offices: SimpleNamespace, intake: Callable[..., Any]) -> World:
    """An office at work: dossiers in every situation that a page needs, late ones flagged by the real sweep."""
    make = Situations(people, intake, offices)
    world = World(people=people, offices=offices, asked=make.in_process(), signing=make.at_step("sign"))
    world.asking, world.sign_step = open_step(world.asked), open_step(world.signing)
    services.consult(
        step_id=world.asking.pk,
        office_ids=[offices.police.pk],
        question="Có ý kiến gì không?",
        term=Term(Decimal(2), Unit.WORKING_DAY),
        by=people.minh,
        at=moment(3, 9),
    )
    world.question = world.asked.consultations.get()
    for name in ("registered", "not_accepted", "awaiting_supplement", "stopped", "decided", "returned"):
        setattr(world, name, getattr(make, name)())
    world.declined, world.paused = world.not_accepted, world.awaiting_supplement
    world.paper = Paper.objects.filter(dossier=world.signing).exclude(file="").first() or services.add_paper(
        dossier_id=world.signing.pk, kind="other", file=pdf(), by=people.leader, at=moment(2, 15)
    )
    world.counter = UUID("0b1e7c9a-0000-4000-8000-000000000002")
    world.incoming = take_in_file(
        file=pdf(), source="screen", owner=people.lan, counter=world.counter, at=timezone.now()
    )
    world.asked.refresh_from_db()
    add_catalogue_and_absence(world)
    world.letter = stuck_letter(world.asked)
    world.ladder_choice = choose_ladder(
        ladder_code="default", office_id=offices.department.pk, by=people.supervisor, at=timezone.now()
    )
    add_apology(world)
    world.note = add_note(dossier_id=world.signing.pk, text="Xin xem lại", by=people.supervisor, at=timezone.now())
    world.rule = choose_rule(
        office_id=offices.department.pk, role="registry", kind="in_turn", by=people.head, at=timezone.now()
    )
    world.job = finished_job(world)
    add_hall(world)
    sweep()
    world.review = BreachReview.objects.get(dossier=world.asked, consultation=None)
    world.flag = Flag.objects.filter(dossier=world.signing, kind="overdue").get()
    return world


def add_hall(world: World) -> None:
    """A hall where somebody waits, somebody is expected, and a kiosk is let in."""
    now, by = timezone.now(), world.people.administrator
    world.hall = hall_services.open_hall(office_id=world.offices.desk.pk, counters=1, by=by, at=now)
    counter, errand = world.hall.counters.get(), world.hall.errands.first()
    hall_services.sit_down(counter_id=counter.pk, by=world.people.lan, at=now)
    drawn = {"hall_id": world.hall.pk, "errand_id": errand.pk, "by": None}
    world.ticket = hall_services.draw_number(key="the-first", at=now, **drawn)
    world.device, _secret = hall_services.let_device_in(
        hall_id=world.hall.pk, kind="kiosk", name="Cửa vào", by=by, at=now
    )
    person = {"person": "Nguyễn Thị Mai", "phone": "0912345678"}
    world.appointment = hall_services.book(starts_at=moment(3, 9), at=moment(2, 8), **drawn, **person)


def add_apology(world: World) -> None:
    """A dossier that got a new date, with its form 04."""
    given = {"dossier_id": world.signing.pk, "reason": "Nhiều hồ sơ cùng lúc", "new_day": date(2026, 3, 20)}
    services.propose_apology(**given, by=world.people.minh, at=moment(5, 9))
    services.approve_apology(dossier_id=world.signing.pk, by=world.people.leader, at=moment(5, 10))
    world.signing.refresh_from_db()


def finished_job(world: World) -> Job:
    """A pile of slips that a clerk asked for."""
    data = {"dossiers": [world.signing.pk, world.declined.pk], "slip": "receipt", "size": "a5", "look_up": "http://x/"}
    job = start(kind="print_slips", data=data, by=world.people.lan, at=timezone.now(), total=2)
    run(job.pk)
    job.refresh_from_db()
    return job


def stuck_letter(dossier: Any) -> Notice:
    """An e-mail that was tried in vain."""
    return Notice.objects.create(
        topic="status_changed",
        channel="email",
        dossier=dossier,
        address="a@example.org",
        payload={"status": 4},
        idempotency_key="stuck-letter",
        created_at=moment(3, 9),
        next_try_at=timezone.now() + timedelta(hours=6),
        attempts=4,
        error="550 no such mailbox",
    )


def add_catalogue_and_absence(world: World) -> None:
    """A draft to publish, an officer in charge, somebody who is away."""
    world.procedure = world.asked.procedure
    world.drafted = import_definition(spec=definition_of(code="1.999999", name="Thủ tục thử"), at=timezone.now())
    now = timezone.now()
    import_definition(spec=definition_of(name="Miễn, giảm, hỗ trợ học phí"), at=now)
    world.officer = put_in_charge(
        procedure=world.procedure, office=world.offices.department, role="specialist", user=world.people.minh
    )
    world.membership = Membership.objects.get(user=world.people.lan)
    world.calendar_draft = draft_calendar(
        code="default", by=world.people.administrator, reason="Lễ kỷ niệm của tỉnh", at=now
    )
    today = local_day(now)
    world.absence = add_absence(
        absentee_id=world.people.minh.pk,
        stand_in_id=world.people.binh.pk,
        valid_from=today + timedelta(days=1),
        by=None,
        at=now,
    )
