"""Which version of each calendar holds now, and what was published since another one."""

from __future__ import annotations

from dataclasses import dataclass

from sla.models import CalendarVersion, LedgerReason

LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class Newest:
    """The published versions of all calendars, and which of them holds now."""

    versions: dict[int, CalendarVersion]
    by_calendar: dict[int, int]
    by_code: dict[str, int]

    @classmethod
    def read(cls) -> Newest:
        """One statement; the contents of the versions are left out."""
        published = CalendarVersion.objects.filter(published_at__isnull=False).defer("spec").select_related("calendar")
        versions = {one.pk: one for one in published.order_by("number")}
        return cls(
            versions,
            {one.calendar_id: one.pk for one in versions.values()},
            {one.calendar.code: one.pk for one in versions.values()},
        )

    def of(self, version_id: int) -> int:
        """The version that a clock on another version of the same calendar belongs to."""
        return self.by_calendar[self.versions[version_id].calendar_id]

    def superseded(self, calendar_id: int | None = None) -> list[int]:
        """The versions that hold no more, of one calendar or of all."""
        return [
            pk
            for pk, one in self.versions.items()
            if self.by_calendar[one.calendar_id] != pk and calendar_id in {None, one.calendar_id}
        ]

    def between(self, old_id: int, new_id: int) -> list[CalendarVersion]:
        """The versions published after one up to another, in order."""
        old, new = self.versions[old_id], self.versions[new_id]
        same = [one for one in self.versions.values() if one.calendar_id == new.calendar_id]
        return [one for one in same if old.number < one.number <= new.number]

    def note(self, old_id: int, new_id: int) -> str:
        """By which decisions a clock went from one version to another, for its ledger."""
        told = [": ".join(filter(None, (one.decision, one.reason))) for one in self.between(old_id, new_id)]
        return "; ".join(dict.fromkeys(filter(None, told)))[:LONGEST_NOTE]

    def reason(self, old_id: int, new_id: int) -> str:
        """A closure where nothing but closures was published in between, else the calendar."""
        kinds = {one.kind for one in self.between(old_id, new_id)}
        return LedgerReason.CLOSURE if kinds == {CalendarVersion.Kind.CLOSURE} else LedgerReason.CALENDAR
