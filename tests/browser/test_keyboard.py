"""Every page in a real browser without a mouse: Tab reaches everything and leaves again, the skip link works."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.desk.walking import CASES, WALKERS

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

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
    """How often Tab may be pressed: days and times have a stop for each of their parts and one for their picker."""
    parts = {"input[type=date]": 4, "input[type=time]": 4, "input[type=datetime-local]": 8}
    return len(stops) + sum(most * page.locator(kind).count() for kind, most in parts.items()) + 5


def open_at_the_top(page: Page, url: str) -> None:
    """Open a page with the focus before its first control, also where a field asks for it."""
    page.goto(url)
    page.wait_for_load_state("networkidle")
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


@pytest.mark.parametrize("person", [*WALKERS, ""], ids=[*WALKERS, "nobody"])
def test_keyboard_alone_reaches_everything(desk, server, world, person):
    page = desk(person).new_page()
    pages = [case for case in CASES if case.is_shown_to(person) and case.first_reader() == person]

    wrong = {case.name: found for case in pages if (found := walk_by_keyboard(page, server.url + case.url(world)))}

    assert wrong == {}
