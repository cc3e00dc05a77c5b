"""The public page checks a scanned receipt in the browser itself, with the published key."""

import pytest
from playwright.sync_api import expect

from workflows.services.receipt_keys import sign_receipt

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_scanned_receipt_is_checked_in_the_browser_and_a_changed_one_refused(desk, server, world):
    dossier = world.asked
    receipt = sign_receipt(code=dossier.code, received_at=dossier.received_at, due_at=dossier.due_at)
    address = receipt.as_text(f"{server.url}/tra-cuu/")
    page = desk("").new_page()

    for shown, outcome in ((address, "genuine"), (address.replace(receipt.due, "203001011700"), "forged")):
        page.goto(shown)
        expect(page.locator("#receipt")).to_have_attribute("data-checked", outcome)
        expect(page.locator(f'[data-outcome="{outcome}"]')).to_be_visible()

    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { get: () => false })")
    page.goto(address)
    expect(page.locator('[data-outcome="unsafe"]')).to_contain_text("manage.py verify_receipt")
