"""The boxes of the editor's page: one for every value of a draft, with its place and what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from offices.models import Role
from onestop.desk.reading.catalogue import CHANNELS, PLACES
from procedures.definition import Channel, Effect, FieldKind, Phase, StepRole, Unit
from procedures.draft_content import Content, value_at
from procedures.importing.report import number_words

Option = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Box:
    """One value of a draft as it is typed.

    Attributes:
        place: where it stands, as in the findings.
        label: what is asked.
        kind: text, long, date, check, select or checks.
        value: what was typed; for checks the chosen ones.
        options: what may be chosen.
        hint: what to type.
        size: short, wide or nothing, for the layout.
    """

    place: str
    label: str
    kind: str = "text"
    value: Any = ""
    options: Sequence[Option] = ()
    hint: str = ""
    size: str = ""

    @property
    def id(self) -> str:
        """A name for the page that needs no quoting."""
        return "at-" + self.place.replace("[", "-").replace("].", "-").replace("]", "").replace(".", "-")


@dataclass(frozen=True, slots=True)
class Card:
    """One row of a list: a paper, a fee, a limit, a question or a step."""

    place: str
    title: str
    boxes: Sequence[Box]
    more: Sequence[Box] = ()
    is_first: bool = False
    is_last: bool = False
    is_gateway: bool = False
    lines: Sequence[str] = ()
    members: Sequence[Card] = field(default=())
    number: str = ""


class Boxes:
    """Makes the boxes of one content."""

    def __init__(self, content: Content) -> None:
        self.content = content

    def box(
        self,
        place: str,
        label: str,
        kind: str = "text",
        *,
        options: Iterable[Option] = (),
        hint: str = "",
        size: str = "",
    ) -> Box:
        """A box for the value at a place."""
        value = value_at(self.content, place)
        if kind == "checks":
            shown: Any = [str(one) for one in value] if isinstance(value, list) else []
        else:
            shown = words_of(value)
        return Box(place, label, kind, shown, tuple(options), hint, size)

    def head(self) -> list[Box]:
        """What the procedure is."""
        return [
            self.box("name", _("Name of the procedure"), "long", size="wide"),
            self.box("field.name", _("Field"), size="wide"),
            self.box("field.code", _("Code of the field"), size="short"),
            self.box("decision.number", _("Decision"), size="short"),
            self.box("decision.issued_on", _("of the day"), "date", size="short"),
            self.box("decision.issuer", _("Issued by")),
            self.box("valid_from", _("Valid from"), "date", size="short"),
            self.box("valid_to", _("Valid until"), "date", size="short"),
            self.box("channels", _("Received"), "checks", options=channel_options()),
            self.box("result.name", _("What the applicant gets"), size="wide"),
            self.box("result.validity", _("Validity of the result")),
        ]

    def rules(self) -> list[Box]:
        """How the file is counted and handled."""
        return [
            self.box("supplement.effect", _("After missing papers came"), "select", options=effect_options()),
            self.box("supplement.clause", _("Clause")),
            self.box("payment.effect", _("After a payment"), "select", options=effect_options()),
            self.box("returns_allowed", _("Returns to a step before a warning"), hint="2", size="short"),
            self.box("stuck_after", _("Working days without an act before a warning"), hint="3", size="short"),
            self.box("nonterritorial", _("Any desk may receive it"), "check", size="half"),
        ]

    def limits(self) -> list[Card]:
        """Legal limits."""
        return [self._limit(f"limits[{at}]", count) for at, count in self._rows("limits")]

    def _limit(self, place: str, count: int) -> Card:
        boxes = [
            self.box(f"{place}.amount", _("Limit"), size="short"),
            self.box(f"{place}.unit", _("Unit"), "select", options=unit_options()),
            self.box(f"{place}.channel", _("for files received"), "checks", options=channel_options()),
            self.box(f"{place}.clause", _("Clause")),
        ]
        more = [
            self.box(f"{place}.cutoff.after", _("Received after"), hint="15:00", size="short"),
            self.box(f"{place}.cutoff.amount", _("then the limit is"), size="short"),
        ]
        return self._card(place, count, "", boxes, more)

    def papers(self) -> list[Card]:
        """Papers of the file."""
        return [self._paper(f"documents[{at}]", count) for at, count in self._rows("documents")]

    def _paper(self, place: str, count: int) -> Card:
        boxes = [
            self.box(f"{place}.name", _("Paper"), "long", size="wide"),
            self.box(f"{place}.originals", _("Originals"), size="short"),
            self.box(f"{place}.copies", _("Copies"), size="short"),
            self.box(f"{place}.required", _("required"), "check"),
        ]
        more = [
            self.box(f"{place}.replaced_by", _("Already held in the database")),
            self.box(f"{place}.form", _("Form it is written on")),
            self.box(f"{place}.note", _("Note")),
            self.box(f"{place}.key", _("Key"), size="short"),
        ]
        return self._card(place, count, "", boxes, more)

    def fees(self) -> list[Card]:
        """Fees."""
        return [self._fee(f"fees[{at}]", count) for at, count in self._rows("fees")]

    def _fee(self, place: str, count: int) -> Card:
        boxes = [
            self.box(f"{place}.name", _("Fee"), size="wide"),
            self.box(f"{place}.amount", _("Amount in đồng"), hint=_("empty: another text fixes it"), size="short"),
            self.box(f"{place}.note", _("Note")),
        ]
        channels = self.box(f"{place}.channels", _("for files received"), "checks", options=channel_options())
        return self._card(place, count, "", boxes, [channels])

    def questions(self) -> list[Card]:
        """Questions of the e-form."""
        return [self._question(f"form[{at}]", count) for at, count in self._rows("form")]

    def _question(self, place: str, count: int) -> Card:
        boxes = [
            self.box(f"{place}.label", _("Question"), size="wide"),
            self.box(f"{place}.kind", _("Kind of answer"), "select", options=kind_options()),
            self.box(f"{place}.required", _("required"), "check"),
        ]
        more = [
            self.box(f"{place}.help", _("Help text")),
            self.box(f"{place}.choices", _("Choices, one in each line"), "long"),
            self.box(f"{place}.min", _("at least"), size="short"),
            self.box(f"{place}.max", _("at most"), size="short"),
            self.box(f"{place}.compute", _("Computed as"), hint="copies * 2000"),
            self.box(f"{place}.reuse_from", _("Known value taken from"), hint="applicant.full_name"),
            self.box(f"{place}.names_object", _("names what the file is about"), "check", size="half"),
            self.box(f"{place}.key", _("Key"), size="short"),
        ]
        return self._card(place, count, "", boxes, more)

    def steps(self) -> list[Card]:
        """The steps, members of parallel blocks inside their block; branches are shown, and written as YAML."""
        return [self._node(f"steps[{at}]", count, str(at + 1)) for at, count in self._rows("steps")]

    def _node(self, place: str, count: int, number: str) -> Card:
        node = value_at(self.content, place) or {}
        if "parallel" in node:
            members = tuple(
                self._step(f"{place}.parallel[{at}]", len(node["parallel"]), f"{number}.{at + 1}")
                for at in range(len(node["parallel"]))
            )
            then = _("then %(step)s") % {"step": self.title(node.get("then"))}
            name = [self.box(f"{place}.name", _("Name of the block"), size="wide")]
            return self._card(place, count, number, name, is_gateway=True, lines=[then], members=members)
        if "branch" in node:
            lines = [self._case(case) for case in node["branch"] if isinstance(case, dict)]
            name = [self.box(f"{place}.name", _("Name of the branch"), size="wide")]
            return self._card(place, count, number, name, is_gateway=True, lines=lines)
        return self._step(place, count, number)

    def _case(self, case: Mapping[str, Any]) -> str:
        when = case.get("when")
        if not isinstance(when, dict):
            return _("otherwise → %(step)s") % {"step": self.title(case.get("otherwise"))}
        return f"{when.get('field')} {when.get('op')} {when.get('value')} → {self.title(case.get('to'))}"

    def _step(self, place: str, count: int, number: str) -> Card:
        boxes = [
            self.box(f"{place}.name", _("Step"), "long"),
            self.box(f"{place}.role", _("Who"), "select", options=role_options()),
            self.box(f"{place}.time", pgettext("budget of a step", "Time"), hint="½ ngày"),
            self.box(f"{place}.work", _("What is done"), "long"),
            self.box(f"{place}.output", _("Output"), "long"),
        ]
        more = [
            self.box(f"{place}.office", _("Where it is done"), "select", options=self._offices(place)),
            self.box(f"{place}.phase", _("Phase"), "select", options=phase_options()),
            *self._ways(place),
            self.box(f"{place}.may", _("May also"), "checks", options=may_options()),
            self.box(f"{place}.forms", _("Slips, one in each line"), "long", size="short"),
            self.box(f"{place}.ends_clock", _("The legal limit ends here"), "check", size="half"),
            self.box(f"{place}.assumed", _("assumed, without a source"), "check", size="half"),
            self.box(f"{place}.key", _("Key"), size="short"),
        ]
        return self._card(place, count, number, boxes, more)

    def _ways(self, place: str) -> list[Box]:
        """Where the step leads: on, back, to a refusal; further outcomes keep their own names."""
        step = value_at(self.content, place) or {}
        outcomes = step.get("outcomes") if isinstance(step.get("outcomes"), dict) else {}
        usual = "approve" if step.get("phase") == Phase.APPROVE.value else "forward"
        onward = [name for name in outcomes if name not in ("send_back", "refuse")] or [usual]
        targets = self._targets()
        boxes = [
            self.box(
                f"{place}.outcomes.{name}", _("Goes on to"), "select", options=[("", _("the next step")), *targets]
            )
            if name in ("forward", "approve")
            else self.box(f"{place}.outcomes.{name}", name, "select", options=[("", "–"), *targets])
            for name in onward
        ]
        nowhere = [("", _("nowhere"))]
        boxes.append(self.box(f"{place}.outcomes.send_back", _("Sent back to"), "select", options=[*nowhere, *targets]))
        refusing = [("", _("no")), ("refuse", _("refusal, signed by a leader"))]
        boxes.append(self.box(f"{place}.outcomes.refuse", _("May be refused"), "select", options=refusing))
        return boxes

    def _targets(self) -> list[Option]:
        nodes = [node for node in self.content.get("steps") or [] if isinstance(node, dict)]
        named = [(str(node.get("key", "")), f"{at}. {shortened(node)}") for at, node in enumerate(nodes, start=1)]
        blocks = any("parallel" in node for node in nodes)
        return [*named, *([("join", _("joined with the others"))] if blocks else []), ("end", _("end"))]

    def _offices(self, place: str) -> list[Option]:
        """Usual places, and an office that is named by its code."""
        named = words_of(value_at(self.content, f"{place}.office"))
        options = [("", _("usual place of the role")), *((key, str(label)) for key, label in PLACES.items())]
        return [*options, (named, named)] if named and named not in dict(options) else options

    def title(self, key: Any) -> str:
        """The title of a step by its key."""
        return dict(self._targets()).get(str(key), str(key))

    def _rows(self, kind: str) -> list[tuple[int, int]]:
        rows = self.content.get(kind)
        count = len(rows) if isinstance(rows, list) else 0
        return [(at, count) for at in range(count)]

    def _card(
        self, place: str, count: int, number: str, boxes: Sequence[Box], more: Sequence[Box] = (), **others: Any
    ) -> Card:
        at = int(place[place.rfind("[") + 1 : -1])
        title = shortened(value_at(self.content, place) or {})
        return Card(place, title, boxes, more, at == 0, at == count - 1, number=number, **others)


def shortened(row: Mapping[str, Any]) -> str:
    """What a row is called in a list of choices."""
    text = str(row.get("name") or row.get("label") or row.get("key") or "")
    return text if len(text) <= 50 else f"{text[:48]}…"


def words_of(value: Any) -> str:
    """A value as it stands in its box."""
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if value == "none":
        return "Không tính thời gian"
    if isinstance(value, dict):
        return str(value.get("text") or f"{words_of(value.get('amount'))} giờ làm việc")
    if isinstance(value, list):
        return "\n".join(map(str, value))
    if isinstance(value, float):
        return number_words_of(value)
    return str(value)


def number_words_of(value: float) -> str:
    """A number with a comma, as it is typed here."""
    return number_words(Decimal(str(value)))


def channel_options() -> list[Option]:
    """How a file comes."""
    return [(channel.value, str(CHANNELS[channel])) for channel in Channel]


def role_options() -> list[Option]:
    """Who works on files."""
    return [(role.value, str(Role(role.value).label)) for role in StepRole]


def phase_options() -> list[Option]:
    """The four phases everybody sees."""
    names = {
        Phase.RECEIVE: _("reception"),
        Phase.PROCESS: _("processing"),
        Phase.APPROVE: _("approval"),
        Phase.RETURN: _("return of the result"),
    }
    return [(phase.value, names[phase]) for phase in Phase]


def unit_options() -> list[Option]:
    """Units of legal limits."""
    names = {
        Unit.WORKING_HOUR: _("working hours"),
        Unit.WORKING_DAY: _("working days"),
        Unit.CALENDAR_DAY: _("calendar days"),
        Unit.MONTH: _("months"),
    }
    return [(unit.value, names[unit]) for unit in Unit]


def effect_options() -> list[Option]:
    """What a stop does."""
    names = {
        Effect.RESTART: _("the full limit begins anew"),
        Effect.RESUME: _("the rest of the limit runs on"),
        Effect.PAUSE_ONLY: _("the date stays, alarms are silent"),
    }
    return [("", _("as the rulebook says")), *((effect.value, names[effect]) for effect in Effect)]


def may_options() -> list[Option]:
    """What a holder may do besides finishing the step."""
    return [
        ("request_supplement", _("ask for missing papers")),
        ("request_payment", _("ask for a payment")),
        ("consult", _("ask other offices")),
    ]


def kind_options() -> list[Option]:
    """Kinds of answers."""
    names = {
        "text": _("short text"),
        "long_text": _("long text"),
        "number": _("number"),
        "money": _("amount of money"),
        "date": _("day"),
        "year": _("year"),
        "choice": _("one choice"),
        "choices": _("several choices"),
        "yes_no": _("yes or no"),
        "id_number": _("identification number"),
        "phone": _("phone number"),
        "email": _("e-mail address"),
        "address": _("address"),
        "person": _("person"),
        "file": _("file"),
        "table": _("table with rows"),
    }
    return [(kind.value, names.get(kind.value, kind.value)) for kind in FieldKind]
