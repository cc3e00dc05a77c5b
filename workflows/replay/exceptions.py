"""What can go wrong when an event log is replayed; every error carries one sentence for the person at the console."""

from __future__ import annotations


class ReplayError(Exception):
    """The replay cannot go on; its text is a sentence that says why and what to do."""


class LogError(ReplayError):
    """The event log cannot be read as a whole, so nothing of it is replayed."""


class ReplayMismatchError(ReplayError):
    """The database after the replay does not say what the log says."""
