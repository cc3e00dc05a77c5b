"""Many alarms of one kind on one day stand in the list of notices as one line that opens them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy

from offices.capacities import OFFICE_ZONE, local_day
from onestop.desk.reading.notices import TOPICS, Telling
from workflows.querysets import NoticeQuerySet

if TYPE_CHECKING:
    from django.utils.functional import Promise

MORE_THAN = 5
HEADS: dict[str, Promise] = {
    "alarm_half": gettext_lazy("Half of the time is used up on %(count)d dossiers today"),
    "alarm_eighty": gettext_lazy("Four fifths of the time are used up in %(count)d places today"),
    "alarm_percent": gettext_lazy("Much of the time is used up in %(count)d places today"),
    "alarm_before": gettext_lazy("%(count)d limits end soon"),
    "alarm_apology": gettext_lazy("%(count)d dossiers whose apology would be owed from today on"),
    "alarm_due": gettext_lazy("%(count)d limits passed today"),
    "alarm_after": gettext_lazy("%(count)d limits passed a working day ago"),
    "alarm_later": gettext_lazy("%(count)d limits passed long ago"),
}


@dataclass(frozen=True, slots=True)
class Flood:
    """More than a few alarms of one topic on one day."""

    topic: str
    count: int
    href: str
    words: str
    telling: Telling


def floods_of(found: NoticeQuerySet, at: datetime) -> list[Flood]:
    """Today's floods among the notices of a person: one statement."""
    day = local_day(at)
    today = found.filter(of_day(day), topic__in=HEADS).order_by().values_list("topic").annotate(number=Count("pk"))
    return [
        Flood(
            topic, count, f"?{urlencode({'topic': topic, 'day': day})}", str(HEADS[topic]) % {"count": count}, telling
        )
        for topic, count in today.filter(number__gt=MORE_THAN)
        if (telling := TOPICS[topic])
    ]


def without(found: NoticeQuerySet, floods: Iterable[Flood], at: datetime) -> NoticeQuerySet:
    """The notices that do not stand in a flood's line."""
    topics = [flood.topic for flood in floods]
    return found.exclude(of_day(local_day(at)), topic__in=topics) if topics else found


def chosen(found: NoticeQuerySet, topic: str, day: str) -> NoticeQuerySet | None:
    """The notices behind a flood's line; None where the address names none."""
    if topic not in HEADS:
        return None
    try:
        return found.filter(of_day(date.fromisoformat(day)), topic=topic)
    except ValueError:
        return None


def of_day(day: date) -> Q:
    """Written on a day of the offices."""
    begins = datetime.combine(day, time(), tzinfo=OFFICE_ZONE)
    return Q(created_at__gte=begins, created_at__lt=begins + timedelta(days=1))
