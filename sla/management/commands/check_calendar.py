"""Compare calendars with the law, the holidays package and last year's swaps, and name what is missing."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from sla.calendar_spec import spec_from
from sla.checking import Finding, check_calendar
from sla.findings_in_words import in_words
from sla.models import CalendarVersion


class Command(BaseCommand):
    help = "Compare calendars with the law and name what is missing; exit status 1 when something is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The calendar and the years."""
        parser.add_argument("code", nargs="?", help="which calendar; without it, all of them")
        parser.add_argument("--year", type=int, action="append", help="which year; may be given more than once")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, print, and say by the exit status whether something is missing."""
        found = {version.calendar.code: self.check(version, options["year"]) for version in self.versions(options)}
        if options["json"]:
            self.stdout.write(json.dumps({code: [as_data(one) for one in all_] for code, all_ in found.items()}))
        else:
            self.tell(found)
        if any(not one.is_hint for all_ in found.values() for one in all_):
            raise SystemExit(1)

    def versions(self, options: dict[str, Any]) -> list[CalendarVersion]:
        """The version of every calendar that holds now."""
        published = CalendarVersion.objects.filter(published_at__isnull=False).select_related("calendar")
        if options["code"]:
            published = published.filter(calendar__code=options["code"])
        found = list(published.order_by("calendar__code", "-number").distinct("calendar__code"))
        if not found:
            raise CommandError(_("There is no such calendar."))
        return found

    def check(self, version: CalendarVersion, years: list[int] | None) -> list[Finding]:
        """What one calendar lacks; without years, from this year to the last one planned."""
        spec, now = spec_from(version.spec), timezone.localdate().year
        return check_calendar(spec, sorted(set(years)) if years else years_to_check(list(spec.years), now))

    def tell(self, found: dict[str, list[Finding]]) -> None:
        """One line for each finding."""
        for code, findings in found.items():
            self.stdout.write(_("Calendar %(code)s: %(count)d findings") % {"code": code, "count": len(findings)})
            for one in findings:
                mark = _("look") if one.is_hint else _("missing")
                self.stdout.write(f"  {mark}: {in_words(one)}")


def years_to_check(planned: list[int], now: int) -> list[int]:
    """This year and every later one that has a plan."""
    return [now, *(year for year in sorted(planned) if year > now)]


def as_data(finding: Finding) -> dict[str, Any]:
    """A finding for other programs."""
    return {
        "day": finding.day.isoformat(),
        "problem": finding.problem.value,
        "level": "hint" if finding.is_hint else "error",
        "name": finding.name,
        "other": finding.other.isoformat() if finding.other else None,
        "sentence": in_words(finding),
    }
