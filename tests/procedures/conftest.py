"""Sentences are checked in English."""

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Whatever the translations say, tests read the sentences of the source."""
    with translation.override("en"):
        yield
