"""Template tags of the desk: words for moments, badges for states, icons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from onestop.desk import words

if TYPE_CHECKING:
    from django.forms import BoundField
    from django.utils.functional import Promise
    from django.utils.safestring import SafeString

register = template.Library()

register.filter("clock_time", words.clock_time)
register.filter("few", words.few)
register.filter("day", words.day)
register.filter("short_day", words.short_day)
register.filter("moment", words.moment)
register.filter("long_moment", words.long_moment)
register.filter("money", words.money)
register.filter("time_left", words.time_left)


@dataclass(frozen=True, slots=True)
class Look:
    """How a code is shown: words, style class, icon."""

    words: Promise
    tone: str
    icon: str = ""


STATUSES: dict[str, Look] = {
    "registered": Look(_("Registered"), "moving"),
    "received": Look(_("Received"), "moving"),
    "not_accepted": Look(_("Not accepted"), "ended"),
    "in_process": Look(_("In process"), "moving"),
    "awaiting_supplement": Look(_("Waiting for papers"), "waiting"),
    "awaiting_payment": Look(_("Waiting for payment"), "waiting"),
    "withdrawn": Look(_("Withdrawn"), "ended"),
    "stopped": Look(_("Handling stopped"), "ended"),
    "decided": Look(_("Decided"), "finished"),
    "returned": Look(_("Result handed over"), "finished"),
}
NUMBERS: dict[int, str] = dict(enumerate(STATUSES, start=1))

FLAGS: dict[str, Look] = {
    "overdue": Look(_("Overdue"), "late", "late"),
    "due_soon": Look(_("Due soon"), "soon", "soon"),
    "step_overdue": Look(_("Step overdue"), "late", "in-time"),
    "resubmitted": Look(_("Supplemented repeatedly"), "", "resubmitted"),
    "stuck": Look(_("No progress"), "", "stuck"),
    "pause": Look(_("Doubtful pause"), "soon", "stopped"),
    "extra_paper": Look(_("Paper beyond the list"), "", "warning"),
    "no_apology": Look(_("Apology missing"), "late", "warning"),
}


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """A symbol of the sprite; always beside words, so hidden from screen readers."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>', css, static("desk/icons.svg"), name
    )


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> str:
    """The theme the person chose, "" for the system's own; somebody not logged in chooses for this browser."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return str(user.theme)
    chosen = request.COOKIES.get("theme", "") if request else ""
    return chosen if chosen in {"light", "dark"} else ""


@register.inclusion_tag("desk/parts/status_badge.html")
def status_badge(status: int | str) -> dict[str, Any]:
    """The legal status, by its name or by its national number."""
    name = NUMBERS.get(int(status), "") if str(status).isdigit() else str(status)
    return {"look": STATUSES.get(name), "status": status}


@register.inclusion_tag("desk/parts/flag_chip.html")
def flag_chip(code: str, href: str = "") -> dict[str, Any]:
    """One flag of a dossier; `href` opens its evidence."""
    return {"look": FLAGS.get(code), "code": code, "href": href}


@register.inclusion_tag("desk/parts/time_badge.html")
def time_badge(badge: words.TimeBadge, size: str = "") -> dict[str, Any]:
    """One state of time; `size` is empty or large."""
    return {"badge": badge, "size": size}


@register.filter
def field_kind(field: BoundField) -> str:
    """How a bound form field is laid out: check, group, file or plain."""
    widget = field.field.widget
    if getattr(widget, "input_type", "") == "file":
        return "file"
    if getattr(widget, "input_type", "") == "checkbox" and not widget.use_fieldset:
        return "check"
    return "group" if widget.use_fieldset else "plain"
