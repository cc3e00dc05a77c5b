"""What can go wrong when people and offices are administered; each class says what the person can do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class OfficesError(Exception):
    """Base of every refusal of this package; `str()` is one sentence for the screen."""


class NotAllowed(OfficesError):
    """The person's roles do not allow the change (403)."""


class NotFound(OfficesError):
    """The person, office or row does not exist (404)."""


class NotPossibleNow(OfficesError):
    """The state does not allow the change now (409)."""


class NotComplete(OfficesError):
    """Something is missing or wrong in what was typed (shown on the form)."""

    def __init__(self, message: str, *, fields: Mapping[str, Sequence[str]]) -> None:
        super().__init__(message)
        self.fields = {name: list(words) for name, words in fields.items()}
