"""Counting tries, so that nobody can guess passwords or file codes at speed.

Counters live in the cache. When the cache does not answer, people keep working: the try is let through and logged.
"""

from __future__ import annotations

import hashlib
import ipaddress
import logging
from dataclasses import dataclass

import redis
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `tries` in `seconds`, counted from the first one."""

    name: str
    tries: int
    seconds: int

    def count(self, *parts: str) -> int:
        """Count one try of somebody, named by `parts`, and say how many there were."""
        key = self._key(parts)
        try:
            cache.add(key, 0, self.seconds)
            return int(cache.incr(key))
        except ValueError:  # the counter ran out between the two
            return 1
        except redis.RedisError:
            log.exception("The cache does not answer: tries are not counted.")
            return 0

    def tries_of(self, *parts: str) -> int:
        """How many tries of somebody are counted now."""
        try:
            return int(cache.get(self._key(parts), 0))
        except redis.RedisError:
            log.exception("The cache does not answer: tries are not counted.")
            return 0

    def is_used_up(self, *parts: str) -> bool:
        """Whether somebody has no try left."""
        return self.tries_of(*parts) >= self.tries

    def forget(self, *parts: str) -> None:
        """Begin to count anew: the person has shown who they are."""
        try:
            cache.delete(self._key(parts))
        except redis.RedisError:
            log.exception("The cache does not answer: tries are not counted.")

    def _key(self, parts: tuple[str, ...]) -> str:
        return f"{self.name}:{hashlib.sha256(repr(parts).encode()).hexdigest()}"


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; behind a proxy, what the proxy itself has seen, not what the sender claims."""
    if settings.SECURE_PROXY_SSL_HEADER:
        return network_of(request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip())
    return network_of(request.META.get("REMOTE_ADDR", ""))


def network_of(address: str) -> str:
    """An IPv4 address as it is, of an IPv6 address its /64: one line has 2^64 of them to try from."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    return str(ip.ipv4_mapped or ipaddress.ip_network((int(ip), 64), strict=False))
