"""Flags in words: doubtful pauses, papers beyond the list, files that are handed in again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onestop.desk import words
from workflows.models import NewPaperReason


def pause_sentence(evidence: dict[str, Any]) -> str:
    """Every pattern that a pause fits."""
    patterns = evidence.get("patterns", {})
    said = [PATTERNS[name](patterns[name]) for name in PATTERNS if name in patterns]
    return "; ".join(said) or _("Doubtful pause")


def last_tenth(found: dict[str, Any]) -> str:
    """Stopped when time was nearly up."""
    left = int(found.get("left_minutes", 0))
    if not left:
        return _("stopped when no time was left")
    return _("stopped with %(left)s of working time left") % {"left": words.stretch(minutes=left)}


def stopped_again(found: dict[str, Any]) -> str:
    """Stopped soon after it went on."""
    return _("stopped again within 3 working days after %(moment)s") % {"moment": spoken(found.get("went_on_at"))}


def twice_in_run(found: dict[str, Any]) -> str:
    """Stopped several times in one run."""
    count = int(found.get("stops", 2))
    sentence = ngettext("stopped %(count)d time in one run", "stopped %(count)d times in one run", count)
    return sentence % {"count": count}


def no_slip(found: dict[str, Any]) -> str:
    """Form 02 did not leave."""
    return _("form 02 did not leave the office by %(moment)s") % {"moment": spoken(found.get("wanted_at"))}


PATTERNS: dict[str, Callable[[dict[str, Any]], str]] = {
    "last_tenth": last_tenth,
    "stopped_again": stopped_again,
    "twice_in_run": twice_in_run,
    "no_slip": no_slip,
}


def extra_sentence(evidence: dict[str, Any]) -> str:
    """Which papers were asked for beyond the list."""
    return _("Asked for beyond the list: %(items)s") % {"items": "; ".join(map(str, evidence.get("items", [])))}


def facts_of(evidence: dict[str, Any]) -> list[tuple[str, str]]:
    """What else the evidence says, line by line."""
    replaced = evidence.get("replaced") or {}
    facts = [
        (_("Attempt"), str(evidence.get("attempt") or "")),
        (_("First handed in"), spoken(evidence.get("first_at"))),
        (_("Working days since then"), str(evidence.get("working_days", ""))),
        (_("Earlier files"), ", ".join(evidence.get("codes", []))),
        (_("What is new"), str(evidence.get("new", ""))),
        (_("Why not the first time"), reason_words(evidence.get("reason_code", ""))),
        (_("Asked for again"), "; ".join(evidence.get("repeated", []))),
        (_("Agreed to by"), str(evidence.get("consent_by", ""))),
        (_("Counts against the office"), _("yes") if evidence.get("against_office") else ""),
        (_("A database has it"), "; ".join(f"{paper}: {database}" for paper, database in replaced.items())),
        (_("Reason given"), str(evidence.get("reason", ""))),
    ]
    return [(name, value) for name, value in facts if value]


def reason_words(code: str) -> str:
    """Why something was not asked for the first time."""
    return str(NewPaperReason(code).label) if code in NewPaperReason.values else ""


def spoken(moment: str | None) -> str:
    """A stored moment in words."""
    return words.moment(datetime.fromisoformat(moment)) if moment else ""
