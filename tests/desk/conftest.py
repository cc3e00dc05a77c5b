"""The office of the workflow tests, seen through its screens."""

from collections.abc import Callable

import pytest
from django.test import Client

from offices.models import User
from tests.workflows.conftest import intake, offices, people, received, version

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
