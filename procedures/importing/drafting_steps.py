"""From the rows of a table to steps: role, place, phase, time, slips and ways back, each with its remarks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from procedures.definition import Phase, StepRole
from procedures.folding import fold
from procedures.importing.durations import Reading, read_time
from procedures.importing.people import Actor, actor_in, looks_like_a_person, named_office, office_of
from procedures.importing.report import Kind, Remark
from procedures.importing.tables import Piece, ProcessTable

KEYS = {
    StepRole.CLERK: "desk",
    StepRole.DIVISION_HEAD: "review",
    StepRole.SPECIALIST: "handle",
    StepRole.LEADER: "sign",
    StepRole.REGISTRY: "number",
}
SLIPS = (("giay tiep nhan", "01"), ("giay hen", "01"), ("yeu cau bo sung", "02"), ("phieu tu choi", "03"))
BACK = re.compile(r"(?:chuyen|tra|quay|gui)\s+(?:tro\s+)?lai\s+(?:ve\s+)?(?:buoc|b)\s*(\d+)")
SHORT_NAME = 90
LONGEST_TEXT = 4000


@dataclass(slots=True)
class StepDraft:
    """One step in the making: its content, its hours, and where it stands in the table."""

    content: dict[str, Any]
    hours: Decimal | None
    place: str
    row: str
    who: str
    back_to: str = ""
    is_untimed: bool = False
    remarks: list[Remark] = field(default_factory=list)


def steps_of(table: ProcessTable) -> tuple[list[StepDraft], list[Remark]]:
    """The steps of a table with their remarks, in its order."""
    pieces = list(table.pieces)
    actors = [_at_the_ends(_actor(piece), place, len(pieces)) for place, piece in enumerate(pieces)]
    is_commune = any("xa" in fold(piece.who).split() for piece in pieces if actor_in(piece.who).role is StepRole.LEADER)
    phases = phases_of([actor.role for actor in actors])
    keys = keys_of(pieces, actors, phases)
    steps = [
        _step(piece, actor, phase, key, is_commune=is_commune)
        for piece, actor, phase, key in zip(pieces, actors, phases, keys, strict=True)
    ]
    _lead_back(steps)
    return steps, [
        *_splits(pieces),
        *_first_is_reception(steps),
        *(remark for step in steps for remark in step.remarks),
    ]


def _actor(piece: Piece) -> Actor:
    """Who does it: by the column, else by the words of the work."""
    if piece.who:
        return actor_in(piece.who)
    return actor_in(piece.work or piece.name)


def _at_the_ends(actor: Actor, place: int, count: int) -> Actor:
    """The first and the last row belong to the desk where they name it among others."""
    if place not in (0, count - 1) or StepRole.CLERK not in actor.others:
        return actor
    others = tuple(role for role in (actor.role, *actor.others) if role is not StepRole.CLERK)
    return replace(actor, role=StepRole.CLERK, others=others)


def phases_of(roles: Sequence[StepRole]) -> list[Phase]:
    """The phase of each step: the desk first receives and last returns, leaders approve, all else is processing."""
    signed = max((place for place, role in enumerate(roles) if role is StepRole.LEADER), default=len(roles))
    phases = []
    for place, role in enumerate(roles):
        if place == 0:
            phases.append(Phase.RECEIVE)
        elif role is StepRole.LEADER:
            phases.append(Phase.APPROVE)
        elif role in (StepRole.CLERK, StepRole.REGISTRY) and place > signed:
            phases.append(Phase.RETURN)
        else:
            phases.append(Phase.PROCESS)
    if len(phases) > 1 and roles[-1] is StepRole.CLERK:
        phases[-1] = Phase.RETURN
    return phases


def keys_of(pieces: Sequence[Piece], actors: Sequence[Actor], phases: Sequence[Phase]) -> list[str]:
    """A key for every step: the table's own, else one that says what is done."""
    taken: set[str] = set()
    keys = []
    for piece, actor, phase in zip(pieces, actors, phases, strict=True):
        key = piece.key or _usual_key(piece, actor, phase)
        number = 2
        while key in taken:
            key, number = f"{_usual_key(piece, actor, phase)}_{number}", number + 1
        taken.add(key)
        keys.append(key)
    return keys


def _usual_key(piece: Piece, actor: Actor, phase: Phase) -> str:
    if phase is Phase.RECEIVE:
        return "receive"
    if actor.role is StepRole.CLERK:
        return "return" if phase is Phase.RETURN else "pass_on"
    said = fold(f"{piece.work} {piece.name} {piece.who}").replace("duoc phan cong", "")
    if actor.role is StepRole.DIVISION_HEAD and "phan cong" in said:
        return "assign"
    return "opinion" if actor.is_other_agency else KEYS[actor.role]


def _step(piece: Piece, actor: Actor, phase: Phase, key: str, *, is_commune: bool) -> StepDraft:
    reading = read_time(piece.time) if piece.time is not None else Reading("", None, False)
    work = piece.work or (piece.name if not piece.output else "")
    content: dict[str, Any] = {"key": key, "name": short_name(piece), "phase": phase.value, "role": actor.role.value}
    for name, text in (("work", work), ("output", piece.output)):
        if text:
            content[name] = text[:LONGEST_TEXT]
    forms = slips_in(piece, phase)
    if forms:
        content["forms"] = forms
    office = named_office(piece.who) or office_of(piece.who, actor.role, is_commune=is_commune)
    if office:
        content["office"] = office
    if reading.is_understood:
        content["time"] = _time(reading)
    if phase is Phase.RECEIVE and actor.role is StepRole.CLERK:
        content["may"] = ["request_supplement"]
    step = StepDraft(content, reading.hours, piece.place, piece.row, piece.who, is_untimed=piece.time is None)
    back = BACK.search(fold(f"{piece.work} {piece.output}"))
    step.back_to = back[1] if back else ""
    step.remarks += remarks_on(piece, actor, reading, key)
    if any(remark.kind is Kind.ASSUMED for remark in step.remarks):
        content["assumed"] = True
    return step


def _time(reading: Reading) -> Any:
    if reading.hours is None:
        return "none"
    amount = int(reading.hours) if reading.hours == reading.hours.to_integral_value() else float(reading.hours)
    return {"amount": amount, "unit": "working_hour", "text": reading.text}


def short_name(piece: Piece) -> str:
    """What a step is called: its name, else the beginning of what is done."""
    text = piece.name or piece.work or piece.who
    if piece.part > 1 and not piece.name:
        text = piece.who if looks_like_a_person(piece.who) else text
    begun = re.sub(r"^[-+\s]*(?:\d+[.)])?\s*", "", text)
    first = re.split(r"(?<=[.;:])\s|\n", begun, maxsplit=1)[0].rstrip(".;: ")
    return first if len(first) <= SHORT_NAME else first[:SHORT_NAME].rsplit(" ", 1)[0] + "…"


def slips_in(piece: Piece, phase: Phase) -> list[str]:
    """Slips of the rulebook that a row names: by number in its column, or by name at the reception."""
    named = re.findall(r"\b0\d\b", piece.forms)
    if not named and phase is Phase.RECEIVE:
        folded = fold(f"{piece.work} {piece.output}")
        named = [number for words, number in SLIPS if words in folded]
    return sorted(set(named))


def remarks_on(piece: Piece, actor: Actor, reading: Reading, key: str) -> Iterable[Remark]:
    """What is odd in one row."""
    found: list[tuple[Kind, str]] = []
    if not piece.who:
        found.append((Kind.ASSUMED, _("Nobody is named here: the role is taken from the words of the work.")))
    elif not actor.is_known:
        found.append((Kind.ASSUMED, _("No role fits “%(who)s”: a specialist is assumed.") % {"who": shown(piece.who)}))
    if actor.others:
        sentence = _(
            "Several roles share one time (%(who)s): one of them is taken. Split the step if each has its own."
        )
        found.append((Kind.ODD, sentence % {"who": shown(piece.who)}))
    if actor.is_other_agency:
        sentence = _("Other agencies are asked here. A consultation may fit better than a step.")
        found.append((Kind.ODD, sentence))
    found += _time_remarks(piece, reading)
    if piece.leftover:
        sentence = _("Not taken over: %(words)s.") % {"words": "; ".join(piece.leftover)}
        found.append((Kind.UNMAPPED, sentence))
    return [Remark(kind, piece.place, sentence, key) for kind, sentence in found]


def shown(text: str) -> str:
    """A text short enough for a sentence."""
    return text if len(text) <= SHORT_NAME else text[:SHORT_NAME].rsplit(" ", 1)[0] + "…"


def _time_remarks(piece: Piece, reading: Reading) -> list[tuple[Kind, str]]:
    found = [(Kind.ODD, note) for note in reading.notes]
    if piece.time is None:
        found.append((Kind.ODD, _("The row gives no time for %(who)s.") % {"who": shown(piece.who or piece.work)}))
    elif not reading.is_understood:
        found.append((Kind.UNMAPPED, _("The time “%(text)s” was not understood.") % {"text": piece.time}))
    elif reading.hours is None:
        found.append((Kind.ODD, _("“%(text)s” is taken as: no time is counted.") % {"text": piece.time}))
    return found


def _splits(pieces: Sequence[Piece]) -> list[Remark]:
    remarks = []
    for piece in pieces:
        if piece.part == 1 and piece.parts > 1:
            sentence = _("The row names %(count)d roles with their times: it becomes %(count)d steps.")
            remarks.append(Remark(Kind.SPLIT, piece.row, sentence % {"count": piece.parts}))
    return remarks


def _first_is_reception(steps: Sequence[StepDraft]) -> list[Remark]:
    if steps and steps[0].content["role"] != StepRole.CLERK.value:
        sentence = _("The first row is not the work of the desk (%(who)s). A definition begins with the reception.")
        return [
            Remark(
                Kind.ODD,
                steps[0].place,
                sentence % {"who": shown(steps[0].who or steps[0].content["name"])},
                steps[0].content["key"],
            )
        ]
    return []


def _lead_back(steps: list[StepDraft]) -> None:
    """Turn “chuyển lại bước 3” into a way back; what leads nowhere is named."""
    for place, step in enumerate(steps):
        if not step.back_to:
            continue
        target = next((one for one in steps[: place + 1] if one.row == step.back_to), None)
        if target is None or target is step:
            sentence = _("The row sends the file back to step %(number)s, which does not stand before it.")
            step.remarks.append(
                Remark(Kind.UNMAPPED, step.place, sentence % {"number": step.back_to}, step.content["key"])
            )
            continue
        forward = steps[place + 1].content["key"] if place + 1 < len(steps) else "end"
        step.content["outcomes"] = {"forward": forward, "send_back": target.content["key"]}
