"""Every page as every role in a real browser: no grave finding of axe, usable by keyboard, readable on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import NARROW, WIDE
from tests.desk.walking import CASES, WALKERS, Case, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

AXE = Axe().axe_script
GRAVE = {"serious", "critical"}
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
    "desk:procedure": ("?version=2",),
}
# Everything that Tab must reach: shown, not disabled; of a group of radio buttons one is enough.
MARK_STOPS = """() => {
  const stops = 'a[href], button, input, select, textarea, summary, iframe, [tabindex]';
  const radios = new Set();
  let number = 0;
  for (const element of document.querySelectorAll(stops)) {
    const shown = element.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true});
    if (!shown || element.disabled || element.tabIndex < 0 || element.type === 'hidden') continue;
    if (element.matches('fieldset:disabled *')) continue;
    if (element.type === 'radio') {
      if (radios.has(element.name)) continue;
      radios.add(element.name);
    }
    element.dataset.stop = element.type === 'radio' ? 'radio-' + element.name : String(number++);
    if (element.type === 'radio') {
      document.querySelectorAll(`input[type=radio][name="${CSS.escape(element.name)}"]`)
        .forEach((one) => { one.dataset.stop = element.dataset.stop; });
    }
  }
  return [...new Set([...document.querySelectorAll('[data-stop]')].map((element) => element.dataset.stop))];
}"""
FOCUSED = "() => document.activeElement.dataset.stop || document.activeElement.tagName"


def pages_of(world: World, person: str) -> Iterator[str]:
    """The addresses of every page to be looked at as one person, with what can be open on it."""
    for case in CASES:
        if is_shown(case, person) and person in (case.looked_at_by or {person}):
            yield case.url(world)
            opened = OPENED.get(case.name, ()) if person else ()
            yield from (case.url(world).partition("?")[0] + query.format_map(vars(world)) for query in opened)


def is_shown(case: Case, person: str) -> bool:
    """Whether a case is a page that this person sees."""
    return case.is_page and case.post is None and case.expected(person) == 200


def findings(page: Page, *, colours: bool) -> list[str]:
    """What axe finds grave, in one line each."""
    options = {"resultTypes": ["violations"], "preload": False, "rules": {"color-contrast": {"enabled": colours}}}
    violations = page.evaluate("(options) => axe.run(document, options)", options)["violations"]
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in violations
        if one["impact"] in GRAVE
        for node in one["nodes"][:3]
    ]


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def look_at(page: Page, url: str) -> list[str]:
    """Everything wrong with one page, on a desk and on a phone; colours are the same on both."""
    page.set_viewport_size({"width": WIDE, "height": 900})
    answer = page.goto(url)
    wrong = [] if answer and answer.status == 200 else [f"status {answer and answer.status}"]
    page.evaluate(AXE)
    wrong += [f"{WIDE}: {finding}" for finding in findings(page, colours=True)]
    page.set_viewport_size({"width": NARROW, "height": 844})
    if scrolls_sideways(page):
        wrong.append(f"{NARROW}: scrolls sideways")
    return wrong + [f"{NARROW}: {finding}" for finding in findings(page, colours=False)]


@pytest.mark.parametrize("person", [*WALKERS, ""], ids=[*WALKERS, NOBODY])
def test_pages_have_no_grave_finding_and_fit_a_phone(desk, server, world, person):
    page = desk(person).new_page()
    failed: list[str] = []
    page.on("console", lambda message: failed.append(message.text) if message.type == "error" else None)

    wrong = {url: found for url in pages_of(world, person) if (found := look_at(page, server.url + url))}

    assert wrong == {}
    assert failed == []


def stops_of(page: Page) -> tuple[set[str], list[str]]:
    """Everything Tab should reach on a page, and what it reaches, one key after the other, until it leaves the page."""
    wanted = set(page.evaluate(MARK_STOPS))
    reached: list[str] = []
    for _key in range(most_keys(page, wanted)):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(FOCUSED))
        if reached[-1] == "BODY" or (reached[-1] == reached[0] and len(reached) > 1):
            break
    return wanted, reached


def most_keys(page: Page, stops: set[str]) -> int:
    """How often Tab may be pressed: a day has a stop for each of its parts and one for its calendar."""
    return len(stops) + 4 * page.locator("input[type=date]").count() + 5


def open_at_the_top(page: Page, url: str) -> None:
    """Open a page with the focus before its first control, also where a field asks for it."""
    page.goto(url)
    page.evaluate("document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')")


def walk_by_keyboard(page: Page, url: str) -> list[str]:
    """What keeps somebody without a mouse from using a page."""
    open_at_the_top(page, url)
    wanted, reached = stops_of(page)
    wrong = [describe(page, stop) for stop in sorted(wanted - set(reached))]
    if len(reached) == most_keys(page, wanted):
        wrong.append("trap: Tab never leaves the page")
    open_at_the_top(page, url)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    if page.evaluate("document.activeElement.id") != "main":
        wrong.append("the skip link does not lead to the page")
    return wrong


def describe(page: Page, stop: str) -> str:
    """An element that Tab does not reach."""
    return (
        "not reached: "
        + page.evaluate("(stop) => document.querySelector(`[data-stop='${stop}']`).outerHTML", stop)[:160]
    )


def first_person(case: Case) -> str:
    """The first who sees a page; "" where no login is needed, and where nobody does."""
    return next((person for person in ("", *WALKERS) if is_shown(case, person)), "")


@pytest.mark.parametrize("person", [*WALKERS, ""], ids=[*WALKERS, NOBODY])
def test_keyboard_alone_reaches_everything(desk, server, world, person):
    page = desk(person).new_page()
    pages = [case for case in CASES if is_shown(case, person) and first_person(case) == person]

    wrong = {case.name: found for case in pages if (found := walk_by_keyboard(page, server.url + case.url(world)))}

    assert wrong == {}
