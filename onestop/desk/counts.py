"""The numbers beside the entries of the rail; each equals the length of the list it opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from offices.capacities import Capacities

Counter = Callable[[Capacities, datetime], int]

COUNTERS: dict[str, Counter] = {}


def counter(key: str) -> Callable[[Counter], Counter]:
    """Register the function that counts what waits behind the rail entry `key`."""

    def register(function: Counter) -> Counter:
        COUNTERS[key] = function
        return function

    return register
