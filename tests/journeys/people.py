"""A person at a browser: logs in, fills in forms by their labels, acts on dossiers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect


class Person:
    """One person with a browser window of their own."""

    def __init__(self, browser: Browser, address: str, username: str, password: str) -> None:
        self.address = address.rstrip("/")
        self.context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="vi-VN")
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.goto(f"{self.address}/login/")
        self.page.get_by_label("Tên đăng nhập").fill(username)
        self.page.get_by_label("Mật khẩu").fill(password)
        self.page.get_by_role("button", name="Đăng nhập").click()
        self.page.wait_for_url(re.compile("/desk/"))

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def open_dossier(self, code: str) -> None:
        """Find a dossier by its code in the search box; one hit opens at once."""
        self.page.locator("input[type=search], input[name=q]").first.fill(code)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(re.compile(r"/desk/dossiers/\d+/"))

    def form_of(self, act: str, outcome: str = "") -> Locator:
        """The form of an act on the dossier in view, unfolded."""
        form = self.page.locator(f'form[action$="/acts/{act}/"]')
        if outcome:
            form = form.filter(has=self.page.locator(f'input[name="outcome"][value="{outcome}"]'))
        form = form.first
        form.wait_for(state="attached")
        summary = form.locator("xpath=ancestor::details[not(@open)]/summary")
        if summary.count():
            summary.click()
        return form

    def do(self, act: str, outcome: str = "", **answers: Any) -> None:
        """Fill in the form of an act and press its button."""
        form = self.form_of(act, outcome)
        for name, value in answers.items():
            field = form.locator(f'[name="{name}"]')
            if isinstance(value, Path):
                field.set_input_files(value)
            elif field.first.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            elif isinstance(value, list):
                for one in value:
                    form.locator(f'[name="{name}"][value="{one}"]').check()
            else:
                field.fill(str(value))
        with self.page.expect_navigation():
            form.locator("button[type=submit]").click()
        expect(self.page.locator(".message.error, .errorlist")).to_have_count(0)

    def says(self, words: str) -> None:
        """What must be on the page."""
        expect(self.page.locator("main")).to_contain_text(words)
