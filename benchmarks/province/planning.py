"""Says for each dossier of the province which way it goes and how its working time is spread over its acts."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from benchmarks.province.catalogue import Derived
from benchmarks.province.playing import Took
from benchmarks.province.template import Template

WORKDAY = 480  # working minutes
SPREAD = 2_654_435_761
CLOSED_SHARES = {
    "plain": 0.53,
    "online": 0.12,
    "supplement": 0.08,
    "returned": 0.06,
    "consult": 0.04,
    "payment": 0.02,
    "refused": 0.015,
    "withdrawn": 0.01,
    "stopped": 0.005,
    "again": 0.06,
}
OPEN_SHARES = {"plain": 0.62, "online": 0.12, "supplement": 0.10, "returned": 0.07, "consult": 0.05, "payment": 0.04}
LATE, OPEN_LATE = 0.065, 0.04


@dataclass
class Way:
    """One recorded way of one shipped definition under one rulebook: what lay before each act, and a template after it.

    Attributes:
        term: nominal working minutes of the statutory limit.
        whole: whether the limit counts whole days, so that it ends with the day.
    """

    variant: str
    took: list[Took]
    templates: list[Template | None]
    term: int
    whole: bool
    restarts: tuple[int, ...] = ()
    decided: int = -1

    def __post_init__(self) -> None:
        last = self.templates[-1]
        assert last is not None
        self.restarts, self.decided = last.restarts, last.decided


def spread_out(way: Way, chance: Random, *, late: bool) -> list[int]:
    """When each act is done, in working minutes after the first; the same chances give the same times."""
    share = 1.03 + chance.expovariate(4) if late else 0.12 + 0.84 * chance.betavariate(2, 1.4)
    total = way.term * share + (WORKDAY if late and way.whole else 0)
    gaps = [one.weight * chance.uniform(0.4, 1.6) for one in way.took]
    for first, last, minutes in sections(way, total, chance):
        mine = [n for n in range(first, last) if way.took[n].kind == "share"]
        weight = sum(gaps[n] for n in mine) or 1.0
        for n in mine:
            gaps[n] *= minutes / weight
    return summed(way, gaps, chance)


def sections(way: Way, total: float, chance: Random) -> list[tuple[int, int, float]]:
    """Runs of acts that share an amount of working minutes: before a restart little, from there on the term."""
    marks = [*way.restarts, len(way.took)] if way.restarts else [0, len(way.took)]
    found = [(0, marks[0] + 1, 60.0)] if way.restarts else []
    for place, (first, last) in enumerate(pairwise(marks)):
        is_last = place == len(marks) - 2
        minutes = total if is_last else min(way.term * 0.25, 2 * WORKDAY) * chance.uniform(0.2, 1)
        found.append((first + 1, last + (not is_last), minutes))
    return found


def summed(way: Way, gaps: list[float], chance: Random) -> list[int]:
    """Minutes after the first act for each act."""
    at, found = 0.0, []
    for took, gap in zip(way.took, gaps, strict=True):
        if took.kind == "desk":
            gap = WORKDAY * chance.uniform(0.05, 0.95) if chance.random() > 0.04 else WORKDAY * 1.5
        elif took.kind == "pause":
            gap = WORKDAY * chance.uniform(0.5, 9) * took.weight
        elif took.kind == "after":
            gap = chance.uniform(30, 5 * WORKDAY)
        elif took.kind == "start":
            gap = 0.0
        at += gap
        found.append(int(at))
    return found


@dataclass
class Plan:
    """What is decided of each dossier, one place per dossier in the order of their arrival.

    Attributes:
        seeds: from which its chances are drawn.
        arrivals: numbers of working minutes.
        versions, ways, places, applicants: numbers.
        cuts: how many acts are done; 0 for all.
        earlier: the place of the file turned away before; -1 for none.
        serials: number of the day at its desk.
    """

    seeds: array = field(default_factory=lambda: array("q"))
    arrivals: array = field(default_factory=lambda: array("i"))
    versions: array = field(default_factory=lambda: array("h"))
    variants: array = field(default_factory=lambda: array("b"))
    places: array = field(default_factory=lambda: array("h"))
    applicants: array = field(default_factory=lambda: array("i"))
    cuts: array = field(default_factory=lambda: array("b"))
    late: array = field(default_factory=lambda: array("b"))
    earlier: array = field(default_factory=lambda: array("i"))
    serials: array = field(default_factory=lambda: array("i"))
    people: int = 0

    def __len__(self) -> int:
        return len(self.seeds)


VARIANTS = [*CLOSED_SHARES, "declined"]
Ways = dict[tuple[int, int, str], Way]


class Planner:
    """Decides, seeded, what a number of dossiers do.

    Args:
        ways: by shipped definition, rulebook and variant.
        eras: numbers of the working minutes at which each rulebook begins, oldest first.
        now: number of the last working minute.
        back: how many working minutes of history there are.
    """

    def __init__(
        self, ways: Ways, versions: Sequence[Derived], *, eras: Sequence[int], now: int, back: int, seed: int
    ) -> None:
        self.ways, self.versions, self.eras, self.now, self.back = ways, versions, list(eras), now, back
        self.chance = Random(seed)
        self.seed = seed
        self.rows: list[tuple[int, ...]] = []
        self.frequency = [1 / (1 + number % 60) for number in range(len(versions))]
        self.drawn: dict[tuple[str, bool], list[int]] = {}
        self.people = 0

    def nominal(self, version: int) -> int:
        """The term of a version in working minutes."""
        return self.ways[(self.versions[version].base, 0, "plain")].term

    def version_for(self, kind: str, *, lasting: bool) -> int:
        """A version whose files can go this way; `lasting` weighs it by its term, as what is open at one moment is."""
        key = (kind, lasting)
        if key not in self.drawn:
            fit = [n for n, one in enumerate(self.versions) if (one.base, len(self.eras) - 1, kind) in self.ways]
            weights = [self.frequency[n] * (self.nominal(n) if lasting else 1) for n in fit]
            self.drawn[key] = self.chance.choices(fit, weights, k=50_000) if fit else []
        drawn = self.drawn[key]
        return drawn[int(len(drawn) * self.chance.random())] if drawn else self.version_for("plain", lasting=lasting)

    def way(self, version: int, arrival: int, variant: str) -> tuple[Way, str]:
        """The recorded way; the straight one where the procedure has none of this kind."""
        era = max(bisect_right(self.eras, arrival) - 1, 0)
        base = self.versions[version].base
        found = self.ways.get((base, era, variant))
        return (found, variant) if found else (self.ways[(base, era, "plain")], "plain")

    def plan(self, *, count: int, still_open: int, communes: int) -> Plan:
        """Decide for `count` dossiers, `still_open` of them open, and put them in the order of their arrival."""
        open_kinds = self.chance.choices(list(OPEN_SHARES), list(OPEN_SHARES.values()), k=still_open)
        for kind in open_kinds:
            self.add_open(kind, communes)
        kinds = self.chance.choices(list(CLOSED_SHARES), list(CLOSED_SHARES.values()), k=count)
        for kind in kinds:
            if len(self.rows) >= count:
                break
            self.add_closed(kind, communes, room=count - len(self.rows))
        return self.in_order()

    def place_of(self, version: int, communes: int) -> int:
        """Where a file of a version goes: the centre, or a commune, the first ones being larger."""
        if self.versions[version].at_centre:
            return 0
        return 1 + int(communes * self.chance.random() ** 1.6)

    def someone(self) -> int:
        """The number of an applicant: mostly a new one."""
        if self.people and self.chance.random() < 0.2:
            return 1 + int(self.people * self.chance.random())
        self.people += 1
        return self.people

    def seed_of(self) -> int:
        """The seed of the next dossier."""
        return (self.seed * 1_000_003 + len(self.rows)) * SPREAD % (1 << 48)

    def add_open(self, kind: str, communes: int) -> None:
        """A dossier on its way: cut off at a moment between its first act and its decision."""
        version = self.version_for(kind, lasting=True)
        late, seed = self.chance.random() < OPEN_LATE, self.seed_of()
        way, kind = self.way(version, self.now, kind)
        offsets = spread_out(way, Random(seed), late=late)
        end = offsets[way.decided]
        since = way.term + WORKDAY * way.whole if late else 0
        passed = min(int(since + (end - since) * self.chance.random()), max(end - 1, 0))
        done = max(sum(1 for offset in offsets[: way.decided] if offset <= passed), 1)
        arrival = max(self.now - passed, self.eras[-1])
        place = self.place_of(version, communes)
        self.add(seed, arrival, version, kind, place, self.someone(), done, late)

    def add_closed(self, kind: str, communes: int, *, room: int) -> None:
        """A dossier that has ended, and the one turned away before it where it came again."""
        version = self.version_for(kind, lasting=False)
        late, seed = self.chance.random() < LATE, self.seed_of()
        way, kind = self.way(version, self.now, kind)
        late = late and kind not in {"refused", "withdrawn", "stopped"}
        arrival = self.arrival_of(way, seed, late=late)
        way, kind = self.way(version, arrival, kind)
        place, applicant, earlier = self.place_of(version, communes), self.someone(), -1
        if kind == "again" and room > 1:
            earlier = len(self.rows)
            before = max(arrival - self.chance.randrange(WORKDAY, 20 * WORKDAY), 0)
            self.add(seed ^ 1, before, version, "declined", place, applicant, 0, False)
        elif kind == "again":
            kind = "plain"
        self.add(seed, arrival, version, kind, place, applicant, 0, late, earlier)

    def arrival_of(self, way: Way, seed: int, *, late: bool) -> int:
        """When a dossier came that has ended by now; how long it took is worked out only where that may be too long."""
        first = max(self.now - self.back, 1)
        arrival = first + int((self.now - 1 - first) * self.chance.random())
        if arrival + 3 * way.term + 16 * WORKDAY <= self.now:
            return arrival
        length = spread_out(way, Random(seed), late=late)[-1]
        return first + int(max(self.now - length - 1 - first, 0) * self.chance.random())

    def add(
        self,
        seed: int,
        arrival: int,
        version: int,
        kind: str,
        place: int,
        applicant: int,
        cut: int,
        late: bool,
        earlier: int = -1,
    ) -> None:
        """Note one dossier."""
        self.rows.append((arrival, seed, version, VARIANTS.index(kind), place, applicant, cut, late, earlier))

    def in_order(self) -> Plan:
        """All dossiers in the order of their arrival."""
        order = sorted(range(len(self.rows)), key=lambda number: self.rows[number][0])
        place_of = array("i", bytes(4 * len(order)))
        for place, number in enumerate(order):
            place_of[number] = place
        plan = Plan(people=self.people)
        for number in order:
            arrival, seed, version, kind, place, applicant, cut, late, earlier = self.rows[number]
            plan.arrivals.append(arrival)
            plan.seeds.append(seed)
            plan.versions.append(version)
            plan.variants.append(kind)
            plan.places.append(place)
            plan.applicants.append(applicant)
            plan.cuts.append(cut)
            plan.late.append(late)
            plan.earlier.append(place_of[earlier] if earlier >= 0 else -1)
        return plan


def number_serials(plan: Plan, day_of: Sequence[int]) -> dict[tuple[int, int], int]:
    """Give each dossier its number of the day at its desk.

    Args:
        plan: filled in.
        day_of: the day of each working minute.

    Returns:
        The last number by place and day.
    """
    last: dict[tuple[int, int], int] = {}
    for place, arrival in zip(plan.places, plan.arrivals, strict=True):
        key = (place, day_of[arrival])
        last[key] = last.get(key, 0) + 1
        plan.serials.append(last[key])
    return last
