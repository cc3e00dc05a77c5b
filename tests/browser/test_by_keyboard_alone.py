"""A file is received, processed, approved and handed over without a mouse: keys only, as at a counter."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.workflows.conftest import open_step
from workflows.models import Dossier

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

MOST_STOPS = 120


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something is reached; a mouse would have gone there at once."""
    for _key in range(MOST_STOPS):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not reach {selector}: it stops at {page.evaluate('document.activeElement.outerHTML')[:160]}")


def press(page: Page, *keys: str) -> None:
    """One key after the other, as fingers do it: what comes faster than that is taken for a scanner."""
    for key in keys:
        page.wait_for_timeout(120)
        page.keyboard.press(key)


def opened(page: Page, url: str) -> Page:
    """A page whose scripts are ready for keys."""
    page.goto(url)
    page.wait_for_load_state("networkidle")
    return page


def test_lan_receives_a_file_by_keyboard_alone(desk, server, world):
    page = opened(desk("lan").new_page(), f"{server.url}/desk/work/")
    before = set(Dossier.objects.values_list("code", flat=True))

    press(page, "F2")
    page.wait_for_url("**/desk/receive/")
    page.wait_for_load_state("networkidle")
    page.keyboard.type("mien giam hoc phi")
    page.wait_for_timeout(250)
    page.wait_for_load_state("networkidle")
    expect(page.locator("#suggestions a").first).to_contain_text("1.005144")
    press(page, "ArrowDown", "Enter")
    page.wait_for_url(re.compile(r"/desk/receive/\?procedure="))
    page.wait_for_load_state("networkidle")
    tab_to(page, "#id_identifier")
    page.keyboard.type("040190000077")
    tab_to(page, "#id_full_name")
    page.wait_for_load_state("networkidle")
    page.keyboard.type("Trần Thị Bàn Phím")
    for paper in ("#paper-application", "#paper-proof"):
        tab_to(page, paper)
        press(page, "Space")
    press(page, "Control+Enter")

    expect(page.locator("#done-code")).to_be_visible()
    made = set(Dossier.objects.values_list("code", flat=True)) - before
    assert made == {page.locator("#done-code").inner_text().strip()}


def test_the_head_processes_a_file_by_keyboard_alone(desk, server, world):
    page = opened(desk("head").new_page(), f"{server.url}/desk/work/")
    assigning = Dossier.objects.get(applicant_name="Trần Thị Bàn Phím")
    row = f"#step-{open_step(assigning).pk}"

    for _key in range(page.locator("[data-row]").count()):
        press(page, "j")
        if page.evaluate("(row) => document.activeElement.matches(row)", row):
            break
    press(page, "Enter")
    expect(page.locator("#side [data-focus]")).to_be_focused()
    press(page, "Control+Enter")
    expect(page.locator(row)).to_have_count(0)

    assert open_step(assigning).key == "appraise"


def test_a_leader_approves_by_keyboard_alone(desk, server, world):
    page = opened(desk("leader").new_page(), f"{server.url}/desk/approve/?open={world.sign_step.pk}")

    press(page, "Control+Enter")
    expect(page.locator(f"#step-{world.sign_step.pk}")).to_have_count(0)

    assert open_step(world.signing).key == "number"


def test_lan_hands_a_result_over_by_keyboard_alone(desk, server, world):
    page = opened(desk("lan").new_page(), f"{server.url}/desk/return/")

    press(page, "F4")
    page.keyboard.type(world.decided.code, delay=80)
    press(page, "Enter")
    page.wait_for_url(re.compile(r"/desk/return/\?code="))
    page.wait_for_load_state("networkidle")
    tab_to(page, "[name=handed_to]")
    press(page, "Control+A")
    page.keyboard.type("Nguyễn Thị Ánh Tuyết")
    press(page, "Control+Enter")
    expect(page.locator("#done-title")).to_contain_text("Nguyễn Thị Ánh Tuyết")

    world.decided.refresh_from_db()
    assert world.decided.result["handed_to"] == "Nguyễn Thị Ánh Tuyết"
