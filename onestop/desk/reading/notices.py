"""What people were told, as sentences: one per topic of the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offices.capacities import Capacities
from onestop.desk import words
from onestop.desk.paging import Column
from onestop.desk.reading.steps import key_title
from workflows.models import Notice, NoticesSeen
from workflows.services.wording import SENTENCES

if TYPE_CHECKING:
    from django.utils.functional import Promise

ORDER = (Column("pk", descending=True),)


@dataclass(frozen=True, slots=True)
class Telling:
    """How a topic is told: the sentence, its icon, and whether it is about time running out."""

    sentence: Promise
    icon: str
    tone: str = ""


TOPICS: dict[str, Telling] = {
    "step_opened": Telling(gettext_lazy("“%(step)s” of dossier %(code)s waits for you."), "tasks"),
    "step_returned": Telling(gettext_lazy("Dossier %(code)s came back to “%(step)s”: %(reason)s"), "back", "soon"),
    "step_reassigned": Telling(gettext_lazy("“%(step)s” of dossier %(code)s was given to you: %(reason)s"), "person"),
    "online_file": Telling(gettext_lazy("Dossier %(code)s arrived online and waits to be received."), "online"),
    "consulted": Telling(
        gettext_lazy("Your office is asked for its opinion on dossier %(code)s, until %(ends)s."), "consult"
    ),
    "consultation_answered": Telling(
        gettext_lazy("%(office)s has answered your question on dossier %(code)s."), "consult"
    ),
    "alarm_half": Telling(SENTENCES["alarm_half"], "in-time"),
    "alarm_eighty": Telling(SENTENCES["alarm_eighty"], "soon", "soon"),
    "alarm_percent": Telling(SENTENCES["alarm_percent"], "soon", "soon"),
    "alarm_before": Telling(SENTENCES["alarm_before"], "soon", "soon"),
    "alarm_apology": Telling(SENTENCES["alarm_apology"], "soon", "soon"),
    "alarm_due": Telling(SENTENCES["alarm_due"], "late", "late"),
    "alarm_after": Telling(SENTENCES["alarm_after"], "late", "late"),
    "alarm_later": Telling(SENTENCES["alarm_later"], "late", "late"),
    "apology_owed": Telling(
        gettext_lazy("Dossier %(code)s will be late: an apology with a new date is owed by %(ends)s."),
        "warning",
        "soon",
    ),
    "apology_proposed": Telling(
        gettext_lazy("An apology for dossier %(code)s waits for your approval, by %(due)s."), "sign", "soon"
    ),
    "apology_rejected": Telling(
        gettext_lazy("The apology you proposed for dossier %(code)s came back: %(reason)s"), "back", "soon"
    ),
    "reappointed": Telling(
        gettext_lazy("Dossier %(code)s has a new date after an apology: %(new)s. Tell the applicant."), "calendar"
    ),
    "promise_moved": Telling(
        gettext_lazy(
            "Dossier %(code)s: the promised date %(due)s is a day off now; it is %(new)s. Tell the applicant."
        ),
        "calendar",
        "soon",
    ),
    "promise_overtaken": Telling(
        gettext_lazy(
            "Dossier %(code)s: the calendar moved its own date to %(new)s, so the promised %(due)s holds no more. "
            "Tell the applicant."
        ),
        "calendar",
        "soon",
    ),
    "breach_opened": Telling(
        gettext_lazy("Dossier %(code)s missed its limit of %(due)s. Explain what happened."), "late", "late"
    ),
    "consultation_late": Telling(
        gettext_lazy("%(office)s has not answered in its term on dossier %(code)s; the answer was due %(due)s."),
        "consult",
        "late",
    ),
    "breach_explained": Telling(
        gettext_lazy("The missed limit of dossier %(code)s is explained and waits for your conclusion."), "late", "soon"
    ),
    "breach_concluded": Telling(gettext_lazy("The review of dossier %(code)s is concluded."), "done"),
    "breach_set_aside": Telling(
        gettext_lazy("The limit of dossier %(code)s is no longer missed: its date was moved. The review is set aside."),
        "calendar",
    ),
    "breach_action": Telling(
        gettext_lazy("The review of dossier %(code)s asks your office to act by %(day)s."), "warning", "soon"
    ),
    "consent_asked": Telling(
        gettext_lazy("Your word is asked: papers would be asked for again on dossier %(code)s."), "consult", "soon"
    ),
    "consent_granted": Telling(
        gettext_lazy("The head agreed: the papers of dossier %(code)s may be asked for. %(reason)s"), "done"
    ),
    "consent_refused": Telling(
        gettext_lazy("The head did not agree to ask for papers again on dossier %(code)s: %(reason)s"), "close", "soon"
    ),
    "paper_infected": Telling(
        gettext_lazy("Malware was found in “%(reason)s”, a paper of dossier %(code)s. The file is closed."),
        "warning",
        "late",
    ),
    "note_named": Telling(gettext_lazy("%(who)s named you in a note on dossier %(code)s."), "consult"),
    "stuck": Telling(gettext_lazy("Nothing has happened to dossier %(code)s since %(since)s."), "stuck", "soon"),
}
UNKNOWN = Telling(gettext_lazy("There is news on dossier %(code)s."), "info")


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice as it stands in the list."""

    notice: Notice
    sentence: str
    telling: Telling
    is_new: bool


def seen_up_to(user_id: int) -> int:
    """The newest notice the person has seen: one statement."""
    return NoticesSeen.objects.filter(user=user_id).values_list("up_to", flat=True).first() or 0


def count_unseen(capacities: Capacities) -> int:
    """How many notices the person has not seen, counted no further than one over what the bell shows."""
    seen = seen_up_to(capacities.user_id)
    return Notice.objects.count_for_person(capacities, after=seen, most=words.MANY + 1)


def mark_seen(user_id: int, up_to: int) -> None:
    """Remember up to which notice the person has read; never moves back."""
    NoticesSeen.objects.get_or_create(user_id=user_id)
    NoticesSeen.objects.filter(user=user_id, up_to__lt=up_to).update(up_to=up_to)


def row_of(notice: Notice, seen: int) -> NoticeRow:
    """A notice with its sentence; read with its dossier."""
    telling = TOPICS.get(notice.topic, UNKNOWN)
    said = str(telling.sentence) % details_of(notice)
    return NoticeRow(notice, said[:1].upper() + said[1:], telling, notice.pk > seen)


def details_of(notice: Notice) -> dict[str, str]:
    """What the sentences may name."""
    payload, dossier = notice.payload, notice.dossier
    step = key_title(dossier, payload["step"]) if payload.get("step") else ""
    what = _("step “%(step)s” of dossier %(code)s") if step else _("dossier %(code)s")
    return {
        "code": dossier.code,
        "step": step,
        "what": what % {"step": step, "code": dossier.code},
        "reason": str(payload.get("reason", "")),
        "office": str(payload.get("office", "")),
        "who": str(payload.get("who", "")),
        "ends": spoken(payload.get("ends")),
        "percent": str(payload.get("percent", "")),
        "due": spoken(payload.get("due_at")),
        "since": spoken(payload.get("last_act_at")),
        "new": spoken(payload.get("new_date_at")),
        "day": words.day(date.fromisoformat(payload["day"])) if payload.get("day") else "",
    }


def spoken(value: Any) -> str:
    """A stored instant in words; empty where there is none."""
    return words.moment(datetime.fromisoformat(value)) if value else ""
