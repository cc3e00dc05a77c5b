"""Every page as every role in a real browser: no finding of axe, light and dark, vi and en; readable on a phone.

Everybody looks at their pages in Vietnamese and light, at a desk; the first person who sees a page looks at it on a
phone, and in English and dark, half as wide, as well. Colours are measured in light and in dark.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Page

from tests.browser.conftest import NARROW, WIDE
from tests.desk.office_at_work import World
from tests.desk.walking import CASES, WALKERS

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

AXE = Axe().axe_script
NOBODY = "nobody"
# What a page looks like once something on it is open.
OPENED: dict[str, tuple[str, ...]] = {
    "desk:my_work": ("?open={asking.pk}",),
    "desk:approve": ("?open={sign_step.pk}",),
    "desk:return": ("?code={decided.code}",),
    "desk:receive": ("?procedure={procedure.pk}",),
    "desk:online": ("?open={registered.pk}",),
    "desk:dossier": ("?tab=process", "?tab=clock"),
    "desk:supervise": ("?kind=stuck", "?kind=due_soon"),
    "desk:apologies": ("?state=missing&first=2026-03-01&last=2026-03-31",),
    "desk:breaches": ("?state=all",),
    "desk:procedure": ("?version=2",),
}


def pages_of(world: World, person: str) -> Iterator[tuple[str, bool]]:
    """Every page to be looked at as one person, with what can be open on it, and whether for the first time."""
    for case in CASES:
        if case.is_shown_to(person) and person in (case.looked_at_by or {person}):
            address, is_first = case.url(world), case.first_reader() == person
            yield address, is_first
            for query in OPENED.get(case.name, ()) if person else ():
                yield address.partition("?")[0] + query.format_map(vars(world)), is_first


def findings(page: Page, *, colours: bool) -> list[str]:
    """What axe finds, in one line each."""
    options = {"resultTypes": ["violations"], "preload": False, "rules": {"color-contrast": {"enabled": colours}}}
    violations = page.evaluate("(options) => axe.run(document, options)", options)["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in violations for node in one["nodes"][:3]]


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def look_at(page: Page, url: str, *, colours: bool) -> list[str]:
    """Everything wrong with one page, on a desk and on a phone; colours are the same on both, and for every role."""
    page.set_viewport_size({"width": WIDE, "height": 900})
    answer = page.goto(url)
    wrong = [] if answer and answer.status == 200 else [f"status {answer and answer.status}"]
    page.evaluate(AXE)
    wrong += [f"{WIDE}: {finding}" for finding in findings(page, colours=colours)]
    page.set_viewport_size({"width": NARROW, "height": 844})
    if scrolls_sideways(page):
        wrong.append(f"{NARROW}: scrolls sideways")
    if not colours:
        return wrong
    wrong += [f"{NARROW}: {finding}" for finding in findings(page, colours=False)]
    return wrong + look_at_the_other_side(page, url)


def look_at_the_other_side(page: Page, url: str) -> list[str]:
    """The same page in English and dark, and half as wide."""
    english = {"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": url}
    page.context.add_cookies([english])
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": WIDE // 2, "height": 450})
    page.goto(url)
    page.evaluate(AXE)
    wrong = [] if page.get_attribute("html", "lang") == "en" else ["not in English"]
    wrong += [f"dark, English: {finding}" for finding in findings(page, colours=True)]
    page.emulate_media(color_scheme="light")
    page.context.clear_cookies(name=settings.LANGUAGE_COOKIE_NAME)
    return wrong


@pytest.mark.parametrize("person", [*WALKERS, ""], ids=[*WALKERS, NOBODY])
def test_pages_have_no_finding_and_fit_a_phone(desk, server, world, person):
    page = desk(person).new_page()
    failed: list[str] = []
    page.on("console", lambda message: failed.append(message.text) if message.type == "error" else None)

    wrong = {url: look_at(page, server.url + url, colours=is_first) for url, is_first in pages_of(world, person)}

    assert {url: found for url, found in wrong.items() if found} == {}
    assert failed == []
