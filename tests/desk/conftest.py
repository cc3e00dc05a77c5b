"""The office of the workflow tests, seen through its screens."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from offices.models import User
from tests.workflows.conftest import intake, offices, people, received, version
from tests.workflows.situations import Situations
from workflows.services import Intake

__all__ = ["intake", "offices", "people", "received", "version"]


@pytest.fixture(autouse=True)
def papers_folder(settings, tmp_path):
    """Keep uploaded papers out of the real store."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def desk_of() -> Callable[[User], Client]:
    """A browser in which somebody is logged in."""

    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def situations(people: SimpleNamespace, intake: Callable[..., Intake], offices: SimpleNamespace) -> Situations:
    """Builds a dossier in every legal status."""
    return Situations(people, intake, offices)
