"""One after the other asks for the inbox, as people at their desks do, and notes how long each answer took."""

from __future__ import annotations

import json
import select
import sys
import time
from collections.abc import Sequence

from django.db.models import Count
from django.test import Client

from offices.models import Membership, User
from workflows.models import Step

PEOPLE = 20
PAUSE = 0.05


def people_with_work(count: int = PEOPLE) -> list[int]:
    """People in whose offices and roles many steps wait, from many offices."""
    busy = Step.objects.open().values("office_id", "role").annotate(open=Count("pk")).order_by("-open", "office_id")
    found: list[int] = []
    for place in busy[: count * 2]:
        held = Membership.objects.filter(office=place["office_id"], role=place["role"]).order_by("user_id")
        person = held.values_list("user_id", flat=True).first()
        if person is not None and person not in found:
            found.append(person)
    return found[:count]


def ask_until_told(people: Sequence[int]) -> None:
    """Ask for inboxes until a line comes in; then print when each was asked for and how many milliseconds it took."""
    clients = []
    for user in User.objects.filter(pk__in=people):
        client = Client(SERVER_NAME="localhost")
        client.force_login(user)
        clients.append(client)
        client.get("/desk/work/")
    print("ready", flush=True)
    asked: list[tuple[float, float]] = []
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        client = clients[len(asked) % len(clients)]
        began = time.perf_counter()
        answer = client.get("/desk/work/")
        took = (time.perf_counter() - began) * 1000
        if answer.status_code != 200:
            raise SystemExit(f"the inbox answered {answer.status_code}")
        asked.append((time.time(), took))
    print(json.dumps(asked), flush=True)
