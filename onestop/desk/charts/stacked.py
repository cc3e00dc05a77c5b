"""A whole as one bar, cut into its parts."""

from __future__ import annotations

from collections.abc import Sequence


def stacked(amounts: Sequence[float]) -> list[tuple[float, float]]:
    """Where each part begins and how wide it is, in percent of the whole; nothing where there is no whole."""
    whole = sum(amounts)
    places, offset = [], 0.0
    for amount in amounts:
        share = 100 * amount / whole if whole else 0.0
        places.append((round(offset, 3), round(share, 3)))
        offset += share
    return places
