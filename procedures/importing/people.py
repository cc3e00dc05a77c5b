"""Who does a step, as tables name them, and which of our roles that is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from procedures.definition import PARENT, StepRole
from procedures.folding import fold

DESK = ("bo phan tiep nhan", "tiep nhan va tra", "mot cua", "tn&tkq", "tn va tkq", "hanh chinh cong", "pvhcc", "hcc")
DESK_SHORT = ("bo phan tra ket qua", "phu trach tiep nhan", "nhan vien tiep nhan")
REGISTRY = ("van thu",)
HEADS = (
    "lanh dao phong",
    "truong phong",
    "pho phong",
    "phu trach phong",
    "lanh dao bo phan",
    "truong bo phan",
    "lanh dao don vi chuyen mon",
)
LEADERS = (
    "lanh dao",
    "giam doc",
    "chu tich",
    "nguoi dung dau",
    "thu truong",
    "hieu truong",
    "cuc truong",
    "chi cuc truong",
    "truong ban",
    "ubnd tinh",
    "ubnd cap xa",
    "uy ban nhan dan",
)
SPECIALISTS = (
    "chuyen vien",
    "cong chuc",
    "vien chuc",
    "can bo",
    "nguoi huong dan",
    "phong chuyen mon",
    "tham tra vien",
    "bo phan chuyen mon",
)
OTHERS = (
    "cac so",
    "so, ban, nganh",
    "co quan duoc xin y kien",
    "co quan, don vi",
    "duoc xin y kien",
    "co quan lien quan",
)
SEPARATORS = re.compile(r"[/;\n]|\s+(?:và|hoặc|hoac)\s+")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does a step.

    Attributes:
        role: the role that fits best.
        is_known: whether the words named a role; else a specialist is assumed.
        is_other_agency: whether an agency outside the office is asked.
        others: further roles the same cell names.
    """

    role: StepRole
    is_known: bool
    is_other_agency: bool = False
    others: tuple[StepRole, ...] = ()


def role_in(text: str) -> StepRole | None:
    """The role that words name, None where they name none."""
    folded = fold(text)
    begins_as_leader = folded.startswith(LEADERS)
    if any(words in folded for words in (*DESK, *DESK_SHORT)) and not begins_as_leader:
        return StepRole.CLERK
    for role, names in ((StepRole.REGISTRY, REGISTRY), (StepRole.DIVISION_HEAD, HEADS)):
        if any(words in folded for words in names):
            return role
    places = {
        role: min((folded.find(words) for words in names if words in folded), default=None)
        for role, names in ((StepRole.LEADER, LEADERS), (StepRole.SPECIALIST, SPECIALISTS))
    }
    named = [(place, role) for role, place in places.items() if place is not None]
    return min(named)[1] if named else None


def actor_in(text: str) -> Actor:
    """Who does a step, with every further role the same words name."""
    pieces = [piece for piece in SEPARATORS.split(text) if piece.strip()]
    roles = list(dict.fromkeys(role for piece in pieces if (role := role_in(piece)) is not None))
    first = role_in(text) if len(roles) < 2 else roles[0]
    if any(words in fold(text) for words in OTHERS):
        return Actor(StepRole.SPECIALIST, is_known=True, is_other_agency=True)
    if first is None:
        return Actor(StepRole.SPECIALIST, is_known=False)
    return Actor(first, is_known=True, others=tuple(role for role in roles if role is not first))


def looks_like_a_person(text: str) -> bool:
    """Whether a cell begins with somebody rather than with what is done."""
    begins = fold(text).lstrip("- ")
    names = (
        *DESK[:1],
        *DESK_SHORT,
        *REGISTRY,
        *HEADS,
        *LEADERS,
        *SPECIALISTS,
        *OTHERS,
        "bo phan",
        "co so",
        "trung tam",
    )
    return begins.startswith(names)


def office_of(who: str, role: StepRole, *, is_commune: bool) -> str | None:
    """Where a step is done: None for the usual place of its role, `parent` for the office above.

    Args:
        who: the words of the table.
        role: the role made of them.
        is_commune: whether a commune handles the procedure.
    """
    folded = fold(who)
    above = ("ubnd tinh", "van phong ubnd tinh", "uy ban nhan dan tinh", "khoa giao - van xa")
    if is_commune and role is not StepRole.CLERK:
        above = (*above, "lanh dao so", "van thu so", "nguoi co cong")
    if any(words in folded for words in above):
        return PARENT
    return None


def named_office(who: str) -> str | None:
    """The office that stands in brackets behind the role, as our own tables write it; None where none does."""
    found = re.search(r"\((H\d+(?:\.\d+)*|handling|receiving|parent)\)\s*$", who)
    return found[1] if found else None
