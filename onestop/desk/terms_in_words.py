"""Time limits and fees of a definition in words, as they stand on screens and slips."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onestop.desk.words import money
from procedures.definition import Definition, Fee, Limit
from sla.sentences import amount_in_words

__all__ = ["amount_in_words", "copies_in_words", "fee_in_words", "fees_in_words", "limit_in_words"]


def limit_in_words(limit: Limit) -> str:
    """A legal limit with its cut-off."""
    words = amount_in_words(limit.amount, limit.unit) if limit.amount else _("on the day of reception")
    if limit.cutoff is None:
        return words
    later = amount_in_words(limit.cutoff.amount, limit.unit)
    return _("%(limit)s; received after %(time)s: %(later)s") % {
        "limit": words,
        "time": f"{limit.cutoff.after:%H:%M}",
        "later": later,
    }


def fees_in_words(definition: Definition, channel: str) -> str:
    """What the applicant pays by this channel."""
    fees = [fee for fee in definition.fees if channel in fee.channels]
    return "; ".join(fee_in_words(fee) for fee in fees) or _("no fee")


def fee_in_words(fee: Fee) -> str:
    """One fee with its amount, or where it is laid down."""
    if fee.amount is None:
        return f"{fee.name}: {fee.note}" if fee.note else fee.name
    return f"{fee.name}: {money(fee.amount) if fee.amount else _('free')}"


def copies_in_words(originals: int, copies: int) -> str:
    """How many originals and copies of a paper."""
    parts = [
        (originals, ngettext("%(count)d original", "%(count)d originals", originals)),
        (copies, ngettext("%(count)d copy", "%(count)d copies", copies)),
    ]
    return ", ".join(words % {"count": count} for count, words in parts if count)
