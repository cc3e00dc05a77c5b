"""One flag with its evidence, the acts behind it, its review, and the flags that were up before."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.utils.text import capfirst

from offices.capacities import Capacities
from offices.models import Role
from onestop.desk.reading.flag_words import extra_sentence, facts_of, pause_sentence
from onestop.desk.reading.trail import TimelineItem, item_of
from onestop.desk.reading.watch_evidence import evidence_of
from workflows.models import Dossier, Flag, FlagReview, Step
from workflows.services.reviewing_flags import doers_of, entries_behind, offices_over


def sentence_of(flag: Flag, steps: list[Step]) -> str:
    """Why a flag was raised, in one sentence."""
    if flag.kind == Flag.Kind.PAUSE:
        return capfirst(pause_sentence(flag.evidence))
    if flag.kind == Flag.Kind.EXTRA_PAPER:
        return extra_sentence(flag.evidence)
    return evidence_of(flag, steps)


def review_of(flag: Flag) -> FlagReview | None:
    """What was found when somebody looked into it; the flag is read with its review."""
    return getattr(flag, "review", None)


def flags_of(dossier: Dossier) -> list[Flag]:
    """Every flag a dossier ever had, the newest first."""
    return list(dossier.flags.select_related("review").order_by("-raised_at", "-pk"))


@dataclass(frozen=True, slots=True)
class ActBehind:
    """One act behind a flag, and the dossier it was done on."""

    dossier: Dossier
    item: TimelineItem
    is_visible: bool


class FlagPage:
    """One flag as one person sees it.

    Attributes:
        flag: read with its dossier and its review.
        capacities: the person's rights to act.
    """

    def __init__(self, flag: Flag, dossier: Dossier, capacities: Capacities) -> None:
        self.flag, self.dossier, self.capacities = flag, dossier, capacities

    @cached_property
    def sentence(self) -> str:
        """Why it was raised."""
        steps = list(self.dossier.task_set.human().order_by("pk"))
        for step in steps:
            step.process = self.dossier
        return sentence_of(self.flag, steps)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What else the evidence says."""
        return facts_of(self.flag.evidence)

    @cached_property
    def acts(self) -> list[ActBehind]:
        """The acts behind it, oldest first; those on dossiers the person may not see are named by their code alone."""
        behind = entries_behind(self.flag)
        if behind is None:
            return []
        entries = list(behind.select_related("by", "on_behalf_of", "step", "dossier__version__procedure"))
        ids = {entry.dossier_id for entry in entries}
        visible = set(Dossier.objects.visible_to(self.capacities).filter(pk__in=ids).values_list("pk", flat=True))
        return [
            ActBehind(entry.dossier, item_of(entry, entry.dossier), entry.dossier_id in visible) for entry in entries
        ]

    @property
    def review(self) -> FlagReview | None:
        """What was found."""
        return review_of(self.flag)

    @cached_property
    def may_review(self) -> bool:
        """Whether the person may say what was found: a supervisor over it who did none of the acts behind it."""
        if self.review is not None or not self.capacities.has(Role.SUPERVISOR):
            return False
        doers = doers_of(self.flag)
        if self.capacities.user_id in doers:
            return False
        return any(
            self.capacities.find(role=Role.SUPERVISOR, office_id=office, except_users=doers) is not None
            for office in offices_over(self.dossier)
        )

    @cached_property
    def others(self) -> list[Flag]:
        """The dossier's other flags, up or cleared."""
        return [flag for flag in flags_of(self.dossier) if flag.pk != self.flag.pk]
