"""What a notice says outside the program: subject and text of an e-mail, the words of a text message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from workflows.models import Dossier, LegalStatus, Notice

if TYPE_CHECKING:
    from django.utils.functional import Promise

LINES = 50
DIGEST = "digest"
TO_APPLICANTS = ("status_changed", "reappointed")
SENTENCES: dict[str, Promise] = {
    "alarm_half": gettext_lazy("Half of the time for %(what)s is used up; it is due %(due)s."),
    "alarm_eighty": gettext_lazy("Four fifths of the time for %(what)s are used up; it is due %(due)s."),
    "alarm_percent": gettext_lazy("%(percent)s%% of the time for %(what)s are used up; it is due %(due)s."),
    "alarm_before": gettext_lazy("%(what)s is due %(due)s."),
    "alarm_apology": gettext_lazy(
        "Dossier %(code)s is due %(due)s. If that cannot be kept, the letter of apology is owed now."
    ),
    "alarm_due": gettext_lazy("The time for %(what)s ended %(due)s."),
    "alarm_after": gettext_lazy("%(what)s has been overdue for a working day; it was due %(due)s."),
    "alarm_later": gettext_lazy("%(what)s is still not done; it was due %(due)s."),
    "reappointed": gettext_lazy(
        "The result of your dossier %(code)s was promised for %(due)s. We are sorry that it will be late: "
        "the new date is %(new)s. Reason: %(reason)s"
    ),
    "status_changed": gettext_lazy("The status of your dossier %(code)s is now: %(status)s."),
}
NEWS = gettext_lazy("There is news on dossier %(code)s.")


@dataclass(frozen=True, slots=True)
class Words:
    """A message as it goes out."""

    subject: str
    text: str


def words_of(notice: Notice, gathered: Sequence[Notice] = ()) -> Words:
    """The message in the language of whoever gets it; applicants get Vietnamese.

    Args:
        notice: read with its dossier and its person.
        gathered: what a digest stands for, read with their dossiers.

    Raises:
        ValueError, KeyError: the row does not say what it is about.
    """
    with override(notice.user.language if notice.user else "vi"):
        if notice.topic == DIGEST:
            return digest_words(notice, gathered)
        sentence = sentence_of(notice)
        if notice.topic in TO_APPLICANTS and notice.dossier is not None:
            text = _("Dear %(name)s,") % {"name": notice.dossier.applicant_name} + f"\n\n{sentence}"
        else:
            text = sentence
        return Words(subject_of(notice), text)


def digest_words(notice: Notice, gathered: Sequence[Notice]) -> Words:
    """One message for many: how many there are, and each in a line."""
    count = int(notice.payload["count"])
    head = _("%(count)d messages on dossiers") % {"count": count}
    lines = [f"- {sentence_of(one)}" for one in gathered[:LINES]]
    if count > len(lines):
        lines.append(_("… and %(count)d more.") % {"count": count - len(lines)})
    return Words(head, "\n".join([f"{head}:", *lines]))


def subject_of(notice: Notice) -> str:
    """The line above the message."""
    dossier = dossier_of(notice)
    if notice.topic == "status_changed":
        status = LegalStatus(notice.payload["status"]).label
        return _("Dossier %(code)s: %(status)s") % {"code": dossier.code, "status": status}
    return _("Dossier %(code)s: time limit") % {"code": dossier.code}


def sentence_of(notice: Notice) -> str:
    """What happened, in one sentence."""
    dossier, payload = dossier_of(notice), notice.payload
    status = LegalStatus(payload["status"]).label if "status" in payload else ""
    step = step_title(dossier, str(payload.get("step") or ""))
    what = _("step “%(step)s” of dossier %(code)s") if step else _("dossier %(code)s")
    known = {
        "code": dossier.code,
        "what": what % {"step": step, "code": dossier.code},
        "due": spoken(payload.get("due_at")),
        "percent": payload.get("percent", ""),
        "status": status,
        "new": spoken(payload.get("new_date_at")),
        "reason": payload.get("reason", ""),
    }
    said = str(SENTENCES.get(notice.topic, NEWS)) % known
    return said[:1].upper() + said[1:]


def dossier_of(notice: Notice) -> Dossier:
    """The dossier a message is about."""
    if notice.dossier is None:
        raise ValueError(notice.idempotency_key)
    return notice.dossier


def step_title(dossier: Dossier, key: str) -> str:
    """What a step is called; the key where the process has no such step."""
    node = getattr(dossier.flow_class, f"step_{key}", None) if key else None
    return str(node.spec.title) if node is not None else key


def spoken(value: Any) -> str:
    """A stored moment as people read it: 17:00 24/11/2026."""
    return f"{localtime(datetime.fromisoformat(value)):%H:%M %d/%m/%Y}" if value else ""
