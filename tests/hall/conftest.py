"""A hall with two counters at the desk that everyone knows."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from hall import services
from hall.models import Counter, Errand, Ticket
from offices.models import Membership, Role
from tests.workflows.conftest import MONDAY, intake, moment, offices, people, version

__all__ = ["intake", "offices", "people", "version"]


@pytest.fixture
def hall(people: SimpleNamespace, offices: SimpleNamespace) -> SimpleNamespace:
    """The hall with its three errands; Lan sits at counter 1, Hoa at counter 2."""
    Membership.objects.create(
        user=people.supervisor, office=offices.desk, role=Role.SUPERVISOR, valid_from=MONDAY.date()
    )
    made = services.open_hall(office_id=offices.desk.pk, counters=2, by=people.administrator, at=MONDAY)
    for name, clerk in (("1", people.lan), ("2", people.hoa)):
        services.sit_down(counter_id=Counter.objects.get(hall=made, name=name).pk, by=clerk, at=MONDAY)
    errands = {errand.letter: errand for errand in Errand.objects.filter(hall=made)}
    return SimpleNamespace(hall=made, id=made.pk, errands=errands, people=people)


@pytest.fixture
def draw(hall: SimpleNamespace) -> Callable[..., Ticket]:
    """Draw a number at the kiosk: `draw(8, 5)` at 8:05."""
    keys = count()

    def drawn(hour: int, minute: int = 0, *, letter: str = "A", day: int = 2, **more: Any) -> Ticket:
        values = {"key": f"key-{next(keys)}", "by": None} | more
        return services.draw_number(
            hall_id=hall.id, errand_id=hall.errands[letter].pk, at=moment(day, hour, minute), **values
        )

    return drawn


@pytest.fixture
def call(hall: SimpleNamespace) -> Callable[..., str]:
    """Somebody calls the next number and serves it: its label."""

    def called(hour: int, minute: int = 0, *, by: Any = None, day: int = 2) -> str:
        clerk = by or hall.people.lan
        ticket = services.call_next(hall_id=hall.id, by=clerk, at=moment(day, hour, minute))
        services.serve(ticket_id=ticket.pk, by=clerk, at=moment(day, hour, minute))
        return ticket.label

    return called
