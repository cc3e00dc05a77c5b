"""Sentences in English, and scratch databases copied from the tests' own one."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils import translation

from workflows.replay import scratch


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Say everything in the language of the sources."""
    with translation.override("en"):
        yield


@pytest.fixture
def migrated_template(monkeypatch, transactional_db):
    """Copy the tests' own database, migrated and empty, which takes no time."""
    monkeypatch.setattr(scratch, "TEMPLATE", connection.settings_dict["NAME"])
    monkeypatch.setattr(scratch, "call_command", lambda *_arguments, **_options: None)
