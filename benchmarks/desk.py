"""How fast the desk answers: inbox, search, dossier, board, receiving and approving, one user and sixteen at once.

Asked through Django's test client as the browser asks, in one process per core; sixteen users take turns on those, as
they would on the workers of a server with as many. The database is the one of DATABASE_URL, filled by
`benchmarks.fill`; what receiving and approving write is rolled back.

    DATABASE_URL=… python -m benchmarks.measuring desk
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median
from typing import Any

from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks.asking import people_with_work
from benchmarks.board import supervisor_of_everything
from offices.capacities import capacities_of
from offices.models import Membership, Role, User
from onestop.desk.reading.approvals import waiting_approvals
from workflows import services
from workflows.exceptions import WorkflowError
from workflows.models import Dossier, Paper, Step
from workflows.services.approved_content import fingerprints
from workflows.services.intake import ApplicantDetails, Intake, PaperGiven

ROUNDS = 40
USERS = (1, 16)
BATCH = 100
TABLES_READ = ("dossier", "step", "flag", "notice", "apology")
WORDS = ("nguyen", "nguyen van", "hoang thi hue", "le quoc bao", "khong co ai")


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that is asked: what, by whom, and where."""

    subject: str
    user_id: int
    address: str


def measure(rounds: int = ROUNDS, users: Sequence[int] = USERS) -> dict[str, Any]:
    """Ask everything some times, by one user and by several at once.

    Args:
        rounds: how often each subject is asked for by each number of users.
        users: how many ask at once.

    Returns:
        How many dossiers there are, and of each subject and number of users the median and the 95th percentile in
        milliseconds.
    """
    settle()
    questions = all_questions(rounds)
    found = [
        {"subject": subject, "users": number, **summary(times)}
        for number in users
        for subject, times in asked(questions, number).items()
    ]
    found += [{"subject": "receive", "users": 1, **summary(received(rounds))}]
    times, went_through = approved()
    found += [{"subject": f"approve {went_through}", "users": 1, **summary(times)}]
    return {"dossiers": Dossier.objects.count(), "rounds": rounds, "rows": found}


def settle() -> None:
    """Bring statistics and visibility up to date, as the server itself does some minutes after so much was written."""
    with connection.cursor() as cursor:
        for table in TABLES_READ:
            cursor.execute(f"VACUUM (ANALYZE) workflows_{table}")


def summary(times: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    if not times:
        return {"times": 0, "median": 0.0, "p95": 0.0}
    ordered = sorted(times)
    p95 = ordered[ceil(0.95 * len(ordered)) - 1]
    return {"times": len(ordered), "median": round(median(ordered), 1), "p95": round(p95, 1)}


# What is asked


def all_questions(rounds: int) -> list[Question]:
    """Everything that is asked by address, subject after subject, people taking turns."""
    people = people_with_work()
    board = supervisor_of_everything().pk
    questions = [Question("inbox", person, reverse("desk:my_work")) for person in cycled(people, rounds)]
    seekers = [*people, board]
    questions += [
        Question("search", person, f"{reverse('desk:search')}?q={word.replace(' ', '+')}")
        for person, word in zip(cycled(seekers, rounds), cycled([*WORDS, *numbers()], rounds), strict=True)
    ]
    questions += [
        Question("dossier", person, reverse("desk:dossier", args=[dossier]))
        for person, dossier in cycled(list(dossiers_of(people)), rounds)
    ]
    return questions + [Question("board", board, reverse("desk:supervise")) for _number in range(rounds)]


def cycled(items: Sequence[Any], count: int) -> Iterator[Any]:
    """So many of the items, from the beginning again where they are fewer."""
    for number in range(count if items else 0):
        yield items[number % len(items)]


def numbers() -> list[str]:
    """Something rare to look for: a code, an id number, a telephone number."""
    dossier = Dossier.objects.order_by("-pk")[Dossier.objects.count() // 3]
    return [dossier.code, dossier.submitter.get("identifier", ""), dossier.submitter.get("phone", "")]


def dossiers_of(people: Iterable[int]) -> Iterator[tuple[int, int]]:
    """People with one dossier each on which they have an open step."""
    for user in User.objects.filter(pk__in=list(people)).order_by("pk"):
        waiting = Step.objects.waiting_for(capacities_of(user, timezone.now()))
        step = waiting.order_by("pk").values_list("process_id", flat=True).first()
        if step is not None:
            yield user.pk, step


# Asking


def asked(questions: Sequence[Question], users: int) -> dict[str, list[float]]:
    """How long each answer took, by subject; several users ask at once, each the next question of the subject."""
    found: dict[str, list[float]] = {}
    subjects = dict.fromkeys(question.subject for question in questions)
    for subject in subjects:
        mine = [question for question in questions if question.subject == subject]
        found[subject] = by_one(mine) if users == 1 else by_many(mine * 2, users)
    return found


def by_one(questions: Sequence[Question]) -> list[float]:
    """One user asks, after a round that fills the caches of the process."""
    clients: dict[int, Client] = {}
    for question in questions[:5]:
        ask(clients, question)
    return [ask(clients, question) for question in questions]


def by_many(questions: Sequence[Question], users: int) -> list[float]:
    """Several users ask at once, on one process per core; no connection comes along with the fork."""
    connections.close_all()
    workers = os.cpu_count() or 1
    shares = [(questions[number::workers], max(1, users // workers)) for number in range(workers)]
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        return [took for times in pool.starmap(by_threads, shares) for took in times]


def by_threads(questions: Sequence[Question], users: int) -> list[float]:
    """Users of one process, each in a thread, ask what is left of the questions."""
    left, times, lock = list(reversed(questions)), [], threading.Lock()
    warm: dict[int, Client] = {}
    for question in questions[:3]:
        ask(warm, question)

    def work() -> None:
        clients: dict[int, Client] = {}
        while True:
            with lock:
                if not left:
                    break
                question = left.pop()
            took = ask(clients, question)
            with lock:
                times.append(took)
        connections.close_all()

    threads = [threading.Thread(target=work) for _number in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def ask(clients: dict[int, Client], question: Question) -> float:
    """Ask once as a person who is logged in; how many milliseconds it took."""
    client = clients.get(question.user_id)
    if client is None:
        client = clients[question.user_id] = Client(SERVER_NAME="localhost")
        client.force_login(User.objects.get(pk=question.user_id))
    began = time.perf_counter()
    answer = client.get(question.address)
    took = (time.perf_counter() - began) * 1000
    if answer.status_code not in {200, 302}:
        raise SystemExit(f"{question.address} answered {answer.status_code}")
    return took


# Acts


def received(rounds: int) -> list[float]:
    """How long receiving one file takes, at the desk that received last; nothing stays."""
    newest = Dossier.objects.filter(channel="desk").order_by("-pk").select_related("version__procedure")[0]
    clerks = Membership.objects.on(timezone.localdate()).filter(role=Role.CLERK, office=newest.receiving_office)
    clerk = clerks.select_related("user").order_by("pk")[0].user
    papers = tuple(PaperGiven(key=one.key, originals=1) for one in newest.version.spec.documents)
    times = []
    for number in range(rounds + 3):
        with transaction.atomic():
            intake = Intake(
                version_id=newest.version_id,
                receiving_office_id=newest.receiving_office_id,
                handling_office_id=newest.handling_office_id,
                applicant=ApplicantDetails(full_name="Nguyễn Thị Ánh", identifier=f"04019{number:07d}"),
                papers=papers,
                answers=newest.data,
            )
            began = time.perf_counter()
            services.receive(intake=intake, by=clerk)
            times.append((time.perf_counter() - began) * 1000)
            transaction.set_rollback(True)
    return times[3:]


def approved(runs: int = 5) -> tuple[list[float], int]:
    """How long a leader's approving of a batch takes, each file checked on its own, and how many went through.

    Nothing stays. Taken are files with a draft result; where four eyes forbid one it is refused and not counted.
    """
    drafted = Paper.objects.filter(kind=Paper.Kind.DRAFT, superseded_at__isnull=True).values("dossier")
    waiting = Step.objects.open().filter(phase="approve", role=Role.LEADER, process__legal_status=4)
    office = waiting.values_list("office_id", flat=True).first()
    leaders = Membership.objects.on(timezone.localdate()).filter(role=Role.LEADER, office=office)
    leader = leaders.select_related("user").order_by("pk")[0].user
    mine = waiting_approvals(capacities_of(leader, timezone.now())).filter(role=Role.LEADER)
    steps = list(mine.filter(process__in=drafted).order_by("pk")[:BATCH])
    times, done = [], 0
    for _number in range(runs if steps else 0):
        with transaction.atomic():
            began = time.perf_counter()
            done = approve_all(steps, leader)
            times.append((time.perf_counter() - began) * 1000)
            transaction.set_rollback(True)
    return times, done


def approve_all(steps: Sequence[Step], leader: User) -> int:
    """Approve every step as it is now; how many went through."""
    contents = fingerprints(step.process_id for step in steps)
    done = 0
    for step in steps:
        try:
            services.approve(step_id=step.pk, by=leader, content=contents[step.process_id])
        except WorkflowError:
            continue
        done += 1
    return done
