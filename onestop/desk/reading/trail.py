"""The trail in words: what each act was, what it changed, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onestop.desk.reading.steps import title_of
from onestop.desk.words import day, moment, money
from procedures.definition import Definition
from workflows.models import AssignmentRule, BreachCause, Dossier, FlagReview, Paper, TrailEntry
from workflows.nodes import label_of

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Look:
    """How an act is shown."""

    words: Promise
    icon: str
    tone: str = ""


LOOKS: dict[str, Look] = {
    "register_online": Look(gettext_lazy("Registered online"), "online"),
    "receive": Look(gettext_lazy("Received"), "receive"),
    "decline_to_receive": Look(gettext_lazy("Not accepted"), "close", "grave"),
    "request_supplement": Look(gettext_lazy("Papers asked for"), "send", "back"),
    "accept_supplement": Look(gettext_lazy("Papers taken in"), "receive"),
    "request_payment": Look(gettext_lazy("Payment asked for"), "payment", "back"),
    "confirm_payment": Look(gettext_lazy("Payment confirmed"), "payment"),
    "claim": Look(gettext_lazy("Claimed"), "person"),
    "release": Look(gettext_lazy("Released"), "person"),
    "reassign": Look(gettext_lazy("Reassigned"), "people"),
    "take_over": Look(gettext_lazy("File taken over"), "receive"),
    "finish_step": Look(gettext_lazy("Step finished"), "done"),
    "undo": Look(gettext_lazy("Taken back"), "back", "back"),
    "send_back": Look(gettext_lazy("Sent back"), "back", "back"),
    "approve": Look(gettext_lazy("Approved"), "sign"),
    "register_result": Look(gettext_lazy("Result registered"), "catalogue"),
    "return_result": Look(gettext_lazy("Result handed over"), "return"),
    "consult": Look(gettext_lazy("Opinion asked for"), "consult"),
    "answer_consultation": Look(gettext_lazy("Opinion given"), "consult"),
    "refuse": Look(gettext_lazy("Refused"), "close", "grave"),
    "withdraw": Look(gettext_lazy("Withdrawn by the applicant"), "leave", "grave"),
    "stop": Look(gettext_lazy("Handling stopped"), "stopped", "grave"),
    "correct_data": Look(gettext_lazy("Data corrected"), "edit"),
    "change_rulebook": Look(gettext_lazy("Moved to another rulebook"), "calendar"),
    "continue_attempt": Look(gettext_lazy("Found to continue an earlier file"), "attach"),
    "add_paper": Look(gettext_lazy("Paper added"), "attach"),
    "ask_consent": Look(gettext_lazy("Asked whether papers may be asked for again"), "consult"),
    "decide_consent": Look(gettext_lazy("Decided on a further request for papers"), "sign"),
    "review_flag": Look(gettext_lazy("Flag reviewed"), "supervise"),
    "propose_apology": Look(gettext_lazy("Apology and new date proposed"), "warning"),
    "approve_apology": Look(gettext_lazy("Apology and new date approved"), "sign"),
    "reject_apology": Look(gettext_lazy("Proposed apology sent back"), "back", "back"),
    "explain_breach": Look(gettext_lazy("Missed limit explained"), "late"),
    "conclude_breach": Look(gettext_lazy("Missed limit: conclusion"), "late", "grave"),
    "set_aside_breach": Look(gettext_lazy("Missed limit set aside: the date was moved"), "in-time"),
    "follow_up_breach": Look(gettext_lazy("Missed limit: action followed up"), "done"),
}
SUBMITTER: dict[str, Promise] = {
    "full_name": gettext_lazy("Full name"),
    "address": gettext_lazy("Address"),
    "phone": gettext_lazy("Phone"),
    "email": gettext_lazy("E-mail"),
    "representative": gettext_lazy("Name of the representative"),
    "representative_identifier": gettext_lazy("Id number of the representative"),
    "power_of_attorney": gettext_lazy("Power of attorney"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One value before and after."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One act as the timeline prints it."""

    number: int
    what: str
    by: str
    in_place_of: str
    at: datetime
    note: str
    icon: str
    tone: str
    changes: list[Change] = field(default_factory=list)
    office: str = ""
    href: str = ""
    link: str = ""


def timeline(dossier: Dossier, *, after: int = 0) -> list[TimelineItem]:
    """The acts on a dossier, newest first; one statement.

    Args:
        dossier: read with its version.
        after: leave out the acts up to this number.
    """
    entries = dossier.trail.filter(number__gt=after).select_related("by", "on_behalf_of", "step").order_by("-number")
    return items(entries, dossier)


def items(entries: Iterable[TrailEntry], dossier: Dossier) -> list[TimelineItem]:
    """Trail entries in words."""
    return [item_of(entry, dossier) for entry in entries]


def item_of(entry: TrailEntry, dossier: Dossier) -> TimelineItem:
    """One act in words."""
    look = LOOKS.get(entry.act) or Look(entry.act, "done")  # type: ignore[arg-type]  # an act of a later version
    return TimelineItem(
        number=entry.number,
        what=headline(entry, dossier, str(look.words)),
        by=entry.by.full_name if entry.by else _("the program"),
        in_place_of=entry.on_behalf_of.full_name if entry.on_behalf_of else "",
        at=entry.at,
        note="\n".join(notes(entry)),
        icon=look.icon,
        tone=look.tone,
        changes=changes(entry.data.get("changes", {}), dossier.version.spec),
    )


def headline(entry: TrailEntry, dossier: Dossier, words: str) -> str:
    """What was done, and on which step or paper."""
    if entry.act == "add_paper":
        return paper_words(entry.data, words)
    if entry.act == "request_supplement" and entry.data.get("number", 1) > 1:
        return _("%(act)s, no. %(number)d") % {"act": words, "number": entry.data["number"]}
    if entry.step is None:
        return words
    entry.step.process = dossier
    title = title_of(entry.step)
    outcome = entry.data.get("outcome", "")
    if entry.act == "finish_step" and outcome and outcome != entry.step.flow_task.main_outcome:
        return f"{title}: {capfirst(label_of(entry.step.flow_task.spec, outcome))}"
    return f"{words}: {title}"


def given_words(given: dict[str, str]) -> str:
    """By which kind of rule a step that opened got its officer."""
    kinds = AssignmentRule.Kind
    kind = str(kinds(given["rule"]).label) if given.get("rule") in kinds.values else given.get("rule", "")
    return _("Given by rule: %(rule)s → %(name)s") % {"rule": kind, "name": given.get("to", "")}


def paper_words(data: dict[str, Any], words: str) -> str:
    """Which kind of paper was added, and its name where that says more."""
    kind, name = data.get("kind", ""), str(data.get("paper", ""))
    label = capfirst(Paper.Kind(kind).label) if kind in Paper.Kind.values else words
    return label if name.lower() == label.lower() else f"{label}: {name}"


def notes(entry: TrailEntry) -> list[str]:
    """What the act says besides: reasons, questions, papers, numbers, each on its line."""
    data = entry.data
    lines = [f"– {item}" for item in data.get("items", [])]
    names = ("extra_reason", "new_because", "reason", "note", "question", "answer")
    lines += [given_words(given) for given in data.get("given", [])]
    lines += [*decided(entry), *dict.fromkeys(str(data[name]) for name in names if data.get(name))]
    said = (details(data), reappointed(data), moved_between(data), new_date(data), concluded(data))
    lines += [words for words in said if words]
    return lines


def decided(entry: TrailEntry) -> list[str]:
    """What a head or a supervisor decided."""
    if entry.act == "decide_consent":
        return [_("Agreed") if entry.data.get("granted") else _("Not agreed")]
    if entry.act == "review_flag" and entry.data.get("finding") in FlagReview.Finding.values:
        return [capfirst(FlagReview.Finding(entry.data["finding"]).label)]
    return []


def details(data: dict[str, Any]) -> str:
    """Numbers, amounts, names."""
    parts = []
    if data.get("offices"):
        parts.append(", ".join(data["offices"]))
    if data.get("amount"):
        parts.append(f"{data.get('name', '')} {money(int(data['amount']))}".strip())
    if data.get("receipt_number"):
        parts.append(_("receipt no. %(number)s") % {"number": data["receipt_number"]})
    if data.get("issued_on"):
        issued = {"number": data.get("number", ""), "day": day(date.fromisoformat(data["issued_on"]))}
        parts.append(_("no. %(number)s of %(day)s") % issued)
    if data.get("handed_to"):
        parts.append(_("to %(name)s") % {"name": data["handed_to"]})
    return " · ".join(parts)


def reappointed(data: dict[str, Any]) -> str:
    """The date that was promised."""
    if not data.get("due_at"):
        return ""
    return _("Due %(moment)s") % {"moment": moment(datetime.fromisoformat(data["due_at"]))}


def moved_between(data: dict[str, Any]) -> str:
    """The decision by which the dossier follows another rulebook, and what it did to the date."""
    if "from" not in data or "to" not in data:
        return ""
    moved = data.get("due_before") != data.get("due_after") and data.get("due_before") and data.get("due_after")
    words = f"{data.get('decision', '')}: {data['from']} → {data['to']}"
    if not moved:
        return words
    dates = (moment(datetime.fromisoformat(data[name])) for name in ("due_before", "due_after"))
    return "\n".join([words, " → ".join(dates)])


def new_date(data: dict[str, Any]) -> str:
    """The new date of an apology, and whether it was given in time."""
    if not data.get("new_date_at"):
        return ""
    found = _("New date: %(moment)s") % {"moment": moment(datetime.fromisoformat(data["new_date_at"]))}
    if "in_time" not in data:
        return found
    return " · ".join([found, _("in time") if data["in_time"] else _("too late")])


def concluded(data: dict[str, Any]) -> str:
    """Why a limit was missed, whether it is excused, and what is done about it."""
    if "cause" not in data:
        return ""
    cause = BreachCause(data["cause"]).label if data["cause"] in BreachCause.values else data["cause"]
    excused = _("excused; it stays a breach") if data.get("excused") else ""
    return " · ".join(str(part) for part in (capfirst(cause), excused, data.get("action")) if part)


def changes(found: dict[str, Any], definition: Definition) -> list[Change]:
    """Corrected values under the names of their fields."""
    labels = {field.key: field.label for field in definition.form} | {
        name: str(text) for name, text in SUBMITTER.items()
    }
    return [Change(labels.get(key, key), value_words(old), value_words(new)) for key, (old, new) in found.items()]


def value_words(value: Any) -> str:
    """An answer as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "; ".join(value_words(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(value_words(one) for one in value.values())
    return str(value)
