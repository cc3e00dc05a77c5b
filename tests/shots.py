"""The gallery, `make shots`: every page at the width of a phone and of a desk, as docs/screens/<page>-<width>.webp.

Not collected by `make test`. It walks through the table of addresses; each page is seen by the first who may see it.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings
from PIL import Image
from playwright.sync_api import Page

from tests.browser.conftest import NARROW, WIDE, desk, server, world
from tests.browser.test_accessibility import OPENED
from tests.desk.office_at_work import World
from tests.desk.walking import CASES, WALKERS

__all__ = ["desk", "server", "world"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

FOLDER = Path(settings.BASE_DIR) / "docs" / "screens"
TALLEST = 2400
LARGEST_FOLDER = 12 * 1024 * 1024
QUALITY = 55
# Whose page says most; everything else is seen by the first person who may see it.
SEEN_BY = {"approve": "leader", "approve-2": "leader", "my_work": "minh", "my_work-2": "minh", "breaches": "supervisor"}
ALSO_DARK = frozenset({"my_work", "dossier", "styleguide", "supervise", "approve"})


class Shot(NamedTuple):
    """One page of the gallery."""

    name: str
    person: str
    address: str


def shots(world: World) -> Iterator[Shot]:
    """Every page, and what it looks like once something on it is open."""
    for case in CASES:
        people = [person for person in ("", *WALKERS) if case.is_shown_to(person)]
        name = case.name.replace(":", "-").removeprefix("desk-")
        person = next(
            (one for one in people if one in {*case.looked_at_by, SEEN_BY.get(name)}), next(iter(people), None)
        )
        if person is None:
            continue
        address = case.url(world)
        yield Shot(name, person, address)
        queries = OPENED.get(case.name, ()) if person else ()
        for number, query in enumerate(queries, 2):
            yield Shot(f"{name}-{number}", person, address.partition("?")[0] + query.format_map(vars(world)))


def take(page: Page, name: str) -> int:
    """Store the page in view from its top to its end; the size of its picture."""
    window = page.viewport_size or {"width": WIDE, "height": 900}
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": window["width"], "height": min(max(tall, window["height"]), TALLEST)})
    page.evaluate("window.scrollTo(0, 0)")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    page.set_viewport_size(window)
    path = FOLDER / f"{name}.webp"
    picture.save(path, quality=QUALITY, method=6)
    return path.stat().st_size


def take_both(page: Page, shot: Shot, address: str) -> int:
    """One page at both widths, and dark where the gallery shows that too."""
    size = 0
    for width, height in ((WIDE, 900), (NARROW, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(address + shot.address, wait_until="load")
        page.wait_for_timeout(150)  # parts that come later
        size += take(page, f"{shot.name}-{width}")
        if shot.name in ALSO_DARK:
            page.emulate_media(color_scheme="dark")
            size += take(page, f"{shot.name}-dark-{width}")
            page.emulate_media(color_scheme="light")
    return size


def test_every_page_has_its_picture(desk, server, world):
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.webp"):
        old.unlink()
    pages: dict[str, Page] = {}
    total = 0
    for shot in shots(world):
        if shot.person not in pages:
            pages[shot.person] = desk(shot.person).new_page()
        total += take_both(pages[shot.person], shot, server.url)
    sys.stdout.write(f"\n{len(list(FOLDER.glob('*.webp')))} pictures, {total / 1024 / 1024:.1f} MB\n")

    assert total <= LARGEST_FOLDER
