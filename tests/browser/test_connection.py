"""The network goes away in the middle of a form: said in words; nothing leaves the page, nothing typed is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def test_nothing_typed_is_lost_while_the_network_is_away(desk, server, world):
    context = desk("lan")
    page = context.new_page()
    page.goto(f"{server.url}/desk/absences/")
    page.wait_for_load_state("networkidle")
    words = page.locator("#connection")
    expect(words).to_be_hidden()

    context.set_offline(True)
    expect(words).to_contain_text("Mất kết nối.")
    page.locator("input[name=q]").fill("Nguyễn Thị Ánh Tuyết")
    page.keyboard.press("Enter")
    expect(words).to_contain_text("Chưa gửi")
    page.locator(".rail a").first.click()

    assert page.url == f"{server.url}/desk/absences/"
    assert page.input_value("input[name=q]") == "Nguyễn Thị Ánh Tuyết"
    context.set_offline(False)
    expect(words).to_contain_text("Đã có kết nối", timeout=15_000)
    page.locator("input[name=q]").press("Enter")
    page.wait_for_url("**/desk/search/**")
