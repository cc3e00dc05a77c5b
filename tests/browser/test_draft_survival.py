"""Whatever dies in the middle of a form, at most the last two seconds of typing are lost."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page

from onestop.desk.drafting import typed_in
from onestop.desk.models import ReceptionDraft
from tests import find_browser
from tests.desk.office_at_work import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

SAVED = "#saved[data-state=saved]"
WAITING = "#saved[data-state=waiting]"
KEY_EVERY = 50  # milliseconds between two keys
LOST_AT_MOST = timedelta(seconds=2)
LONG = 20_000  # milliseconds the test waits before it gives up; not what is promised


@pytest.fixture(autouse=True)
def no_drafts() -> None:
    """Begin without drafts."""
    ReceptionDraft.objects.all().delete()


def counter(context: BrowserContext, url: str, world: World) -> Page:
    """The screen of a procedure, ready to be typed into."""
    page = context.new_page()
    page.goto(f"{url}{reverse('desk:receive')}?procedure={world.procedure.pk}")
    page.wait_for_selector("#saved[data-ready]", state="attached", timeout=LONG)
    return page


def kept_name() -> str:
    """The applicant's name in the one draft on the server; empty where there is none."""
    draft = ReceptionDraft.objects.first()
    return typed_in(draft).get("full_name", "") if draft else ""


def shown_name(context: BrowserContext, url: str, world: World) -> str:
    """The name on the screen when the clerk comes back by the list of unfinished files."""
    page = context.new_page()
    page.goto(f"{url}{reverse('desk:receive')}")
    page.click("section[aria-labelledby=drafts] li a", timeout=LONG)
    return page.input_value("[name=full_name]", timeout=LONG)


def test_a_page_that_dies_while_somebody_types_on_and_on(
    desk: Callable[[str], BrowserContext], server: SimpleNamespace, world: World
) -> None:
    words = "Nguyễn Thị Ánh Tuyết và những người khác cùng ký đơn đề nghị"
    dying = desk("lan")
    page = counter(dying, server.url, world)

    began = timezone.now()
    page.type("[name=full_name]", words, delay=KEY_EVERY)
    took = timezone.now() - began
    dying.close()

    kept = kept_name()
    typed_before = int(len(words) * max(0.0, (took - LOST_AT_MOST) / took))
    assert took > LOST_AT_MOST
    assert words.startswith(kept)
    assert len(kept) >= typed_before
    assert words.startswith(shown_name(desk("lan"), server.url, world))


def test_everything_is_on_the_server_two_seconds_after_the_last_key(
    desk: Callable[[str], BrowserContext], server: SimpleNamespace, world: World
) -> None:
    page = counter(desk("lan"), server.url, world)

    page.fill("[name=full_name]", "Lê An")
    typed_at = timezone.now()
    page.wait_for_selector(SAVED, timeout=LONG)

    draft = ReceptionDraft.objects.get()
    assert kept_name() == "Lê An"
    assert draft.begun_at - typed_at <= LOST_AT_MOST
    assert str(draft.key) in page.url


def test_a_network_that_goes_away_and_comes_back(
    desk: Callable[[str], BrowserContext], server: SimpleNamespace, world: World
) -> None:
    context = desk("lan")
    page = counter(context, server.url, world)
    page.fill("[name=full_name]", "Lê An")
    page.wait_for_selector(SAVED, timeout=LONG)

    context.set_offline(True)
    page.fill("[name=full_name]", "Lê An Bình")
    page.wait_for_selector(WAITING, timeout=LONG)
    assert kept_name() == "Lê An"
    assert "Đang chờ mạng" in page.inner_text("#saved")
    context.set_offline(False)
    page.wait_for_selector(SAVED, timeout=LONG)

    assert kept_name() == "Lê An Bình"


def test_a_web_server_that_refuses_connections_and_is_back(
    desk: Callable[[str], BrowserContext], server: SimpleNamespace, world: World
) -> None:
    context = desk("lan")
    page = counter(context, server.url, world)
    page.fill("[name=full_name]", "Lê An")
    page.wait_for_selector(SAVED, timeout=LONG)

    context.route("**/receive/draft/", lambda route: route.abort("connectionrefused"))
    page.fill("[name=full_name]", "Lê An Chi")
    page.wait_for_selector(WAITING, timeout=LONG)
    context.unroute("**/receive/draft/")
    page.wait_for_selector(SAVED, timeout=LONG)

    assert kept_name() == "Lê An Chi"


def own_browser(browser: Browser, folder: Path, server: SimpleNamespace, world: World) -> BrowserContext:
    """A browser with a folder of its own, which can be killed and opened again."""
    context = browser.browser_type.launch_persistent_context(
        folder, executable_path=find_browser.installed(), args=find_browser.FLAGS, locale="vi-VN"
    )
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": world.sessions["lan"], "url": server.url}
    context.add_cookies([cookie])
    return context


def kill(folder: Path) -> None:
    """End the browser that works in this folder, without a word of warning."""
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if any(str(folder) in word for word in process.cmdline()):
                process.kill()


def test_a_browser_that_is_killed_without_a_network_sends_what_it_kept_when_it_is_back(
    browser: Browser, server: SimpleNamespace, world: World, tmp_path: Path
) -> None:
    dying = own_browser(browser, tmp_path, server, world)
    page = counter(dying, server.url, world)
    page.fill("[name=full_name]", "Lê An")
    page.wait_for_selector(SAVED, timeout=LONG)
    dying.set_offline(True)
    page.fill("[name=full_name]", "Lê An Dung")
    page.wait_for_selector(WAITING, timeout=LONG)

    kill(tmp_path)
    back = own_browser(browser, tmp_path, server, world)
    page = back.new_page()
    page.goto(f"{server.url}{reverse('desk:receive')}")
    page.wait_for_function("() => document.body.innerText.includes('Lê An Dung')", timeout=LONG)

    assert kept_name() == "Lê An Dung"
    back.close()


def test_two_windows_with_the_same_draft_are_told_and_keep_both(
    desk: Callable[[str], BrowserContext], server: SimpleNamespace, world: World
) -> None:
    context = desk("lan")
    first = counter(context, server.url, world)
    first.fill("[name=full_name]", "Lê An")
    first.wait_for_selector(SAVED, timeout=LONG)
    second = context.new_page()
    second.goto(first.url)
    second.fill("[name=full_name]", "Lê An Em")
    second.wait_for_function("() => document.querySelector('[name=draft_revision]').value === '2'", timeout=LONG)

    first.fill("[name=full_name]", "Lê An Giang")
    first.wait_for_selector("[data-draft-notice]:not([hidden])", timeout=LONG)

    assert "cửa sổ khác" in first.inner_text("[data-draft-notice]")
    assert set(ReceptionDraft.objects.values_list("applicant_name", flat=True)) == {"Lê An Em", "Lê An Giang"}
