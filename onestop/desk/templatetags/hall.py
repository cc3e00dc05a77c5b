"""The number at hand, shown where its file is taken in."""

from typing import Any

from django import template
from django.utils import timezone

from onestop.desk.reading.hall import ticket_at_hand

register = template.Library()


@register.inclusion_tag("desk/hall/serving.html", takes_context=True)
def serving_number(context: template.Context) -> dict[str, Any]:
    """The number that the clerk serves now, with the way to the next one; nothing where no numbers are used."""
    request = context["request"]
    return {"ticket": ticket_at_hand(request.user, timezone.now()), "csrf_token": context.get("csrf_token")}
