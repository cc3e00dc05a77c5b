"""What travels for each page, compressed as the server sends it: ≤ 100 KB for the first page, ≤ 30 KB for every later.

The first page brings the style sheets, the scripts and the pictures along; they carry their hash in their names and
stay in the browser. `pytest -s` prints the table.
"""

from __future__ import annotations

import gzip
import re
import sys
from functools import cache
from html import unescape
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from whitenoise.compress import Compressor

from tests.desk.office_at_work import World, build_world
from tests.desk.walking import CASES, Case

KB = 1024
FIRST, LATER = 100 * KB, 30 * KB
LINKED = re.compile(r"""(?:href|src)="/static/([^"#?]+)""")


@pytest.fixture
def world(people, offices, intake) -> World:
    return build_world(people, offices, intake)


def readers_of(case: Case) -> list[str]:
    """Everybody whose page differs, and who sees it."""
    people = sorted(case.looked_at_by or case.may) if case.anonymous != 200 else [""]
    return [person for person in people if person == "" or case.expected(person) == 200]


def opened(world: World, case: Case, person: str) -> str:
    """One page and how many bytes it is on the way."""
    client = Client(headers={"Accept-Encoding": "gzip"})
    if person:
        client.force_login(getattr(world.people, person))
    response = client.get(case.url(world), headers={"HX-Request": "true"} if case.htmx else {})
    assert response.headers.get("Content-Encoding") == "gzip" or len(response.content) < 200, case.name
    return response.content


@cache
def weight_of(name: str) -> int:
    """How many bytes a linked file is on the way: compressed where that makes it smaller."""
    found = finders.find(name)
    data = Path(found).read_bytes() if found else b""
    packed = Compressor.compress_gzip(data)
    return min(len(data), len(packed))


def linked_from(page: str) -> set[str]:
    """The files that the browser fetches for a page: style sheets, scripts, pictures; not what a link leads to."""
    tags = re.findall(r"<(?:link|script|img|use|source)\b[^>]*>", page)
    return {unescape(name) for tag in tags for name in LINKED.findall(tag)}


def test_pages_are_light(world):
    heavy, lines = {}, []
    for case in CASES:
        if not case.is_page or case.post is not None:
            continue
        for person in readers_of(case):
            sent = opened(world, case, person)
            later = len(sent)
            page = gzip.decompress(sent).decode() if sent[:2] == b"\x1f\x8b" else sent.decode()
            first = later + sum(map(weight_of, linked_from(page)))
            lines.append(f"{case.name:28} {person:14} {len(page.encode()):>8} {later:>7} {first:>8}")
            if first > FIRST or later > LATER:
                heavy[case.name, person] = (first, later)
    sys.stdout.write(
        "\n".join([f"\n{'page':28} {'person':14} {'as text':>8} {'later':>7} {'first':>8}", *sorted(lines)])
    )

    assert heavy == {}
