"""What the linter of procedures must be told: calendars, the rulebook, who works where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache

from offices.capacities import local_day
from offices.models import Membership, Office
from procedures.definition import Unit
from procedures.lint import LintContext
from procedures.lint_context import OfficeStaff, Staffing
from procedures.models import Offering
from sla.calendars import calendar_files, timetable_for, timetable_from_spec
from sla.models import CalendarVersion
from sla.rulebook import rulebook_on
from sla.terms import Term, deadline
from sla.terms import Unit as TermUnit
from sla.working_time import Timetable

DAYS_IN_YEAR = 365
SECONDS_IN_HOUR = 3600


def lint_context(*, at: datetime, with_database: bool = True) -> LintContext:
    """Everything the linter can know at an instant.

    Args:
        at: now, aware; memberships of that day count.
        with_database: False takes the calendars the program ships and leaves out who works where.
    """
    day = local_day(at)
    published = published_timetables() if with_database else []

    @cache
    def timetables() -> list[Timetable]:
        return published or shipped_timetables()

    @cache
    def shortest(amount: Decimal, unit: Unit) -> Decimal:
        return min(shortest_term(amount, unit, table, day.year) for table in timetables())

    staffing = staffing_on(day) if with_database else None
    return LintContext(shortest_term=shortest, forms_on=forms_on, staffing=staffing)


def published_timetables() -> list[Timetable]:
    """The present timetable of every calendar that has been published."""
    published = CalendarVersion.objects.filter(published_at__isnull=False)
    codes = published.values_list("calendar__code", flat=True).distinct()
    return [timetable_for(code) for code in sorted(codes)]


def shipped_timetables() -> list[Timetable]:
    """The calendars that come with the program, for where none is published yet."""
    return [timetable_from_spec(spec) for spec in calendar_files().values()]


def forms_on(day: date) -> Mapping[str, str]:
    """Slips valid on a day, number → name."""
    return rulebook_on(day).forms


def shortest_term(amount: Decimal, unit: Unit, timetable: Timetable, year: int) -> Decimal:
    """Working hours in the shortest term of so many days or months in the published years around a year.

    Args:
        amount: calendar days or months.
        unit: calendar_day or month.
        timetable: the calendar.
        year: its working days, and those of the next year where published, are tried as the day of reception.

    Returns:
        Working hours from the close of office on the day of reception to the due time.
    """
    term = Term(amount, TermUnit(unit.value))
    years = [each for each in (year, year + 1) if timetable.is_published(date(each, 1, 1))] or [year]
    spans = [_span(start, term, timetable) for each in years for start in _closings(timetable, each)]
    return Decimal(int(min(spans).total_seconds())) / SECONDS_IN_HOUR


def _closings(timetable: Timetable, year: int) -> Iterable[datetime]:
    days = (date(year, 1, 1) + timedelta(days=number) for number in range(DAYS_IN_YEAR))
    return (timetable.closes_on(day) for day in days if timetable.is_working_day(day))


def _span(start: datetime, term: Term, timetable: Timetable) -> timedelta:
    due = deadline(start=start, term=term, timetable=timetable, explain=False).due_at
    return timetable.between(start, due)


def staffing_on(day: date) -> Staffing:
    """Active offices with the roles held there on a day, and who offers which procedure: three statements."""
    roles: dict[int, set[str]] = {}
    for office_id, role in Membership.objects.on(day).filter(user__is_active=True).values_list("office_id", "role"):
        roles.setdefault(office_id, set()).add(role)
    offices = {
        office.code: OfficeStaff(
            code=office.code,
            name=office.name,
            level=office.level,
            parent=office.parent.code if office.parent else None,
            is_desk=office.is_desk,
            roles=frozenset(roles.get(office.pk, ())),
        )
        for office in Office.objects.filter(is_active=True).select_related("parent")
    }
    return Staffing(offices=offices, offered_at=_offerings())


def _offerings() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for offering in Offering.objects.select_related("procedure", "office"):
        found.setdefault(offering.procedure.reference, []).append(offering.office.code)
    return {reference: tuple(codes) for reference, codes in found.items()}
