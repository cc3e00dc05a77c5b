"""What an act costs: SQL statements inside the service on a warm process, permission reads included."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.workflows.conftest import moment, open_step
from tests.workflows.test_handling import walk
from workflows.services import finish_step

TRANSACTION_WORDS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET CONSTRAINTS")


def statements(captured):
    return [query["sql"] for query in captured if not query["sql"].startswith(TRANSACTION_WORDS)]


@pytest.mark.parametrize(
    ("done", "key", "person"),
    [
        (["intake"], "assign", "head"),
        (["intake", "assign"], "appraise", "minh"),
        (["intake", "assign", "appraise"], "review", "head"),
    ],
)
def test_an_ordinary_step_costs_nine_statements(received, people, done, key, person):
    walk(received, people, *done)
    step = open_step(received, key)

    with CaptureQueriesContext(connection) as captured:
        finish_step(step_id=step.pk, outcome="forward", by=getattr(people, person), at=moment(2, 15), seen=None)

    assert len(statements(captured)) == 9
