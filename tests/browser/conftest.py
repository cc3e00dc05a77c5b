"""A real browser in front of a real office: one browser per test process, one office per file of tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from playwright.sync_api import Browser, BrowserContext
from pytest_django.live_server_helper import LiveServer

from offices.models import User
from procedures.models import ProcedureVersion
from tests.desk.office_at_work import World, build_world
from tests.workflows.conftest import definition_of, intake, offices, people, published

NARROW, WIDE = 390, 1440

# Playwright keeps an event loop in this thread, and Django would refuse to read its tables beside one.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An office whose dossiers are really stored, so that the server sees them; emptied at the end.

    The tests that use it must carry the mark `django_db`: without one, no test database is set up.
    """
    papers = tmp_path_factory.mktemp("papers")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=papers):
        require_test_database()
        try:
            yield stored_world()
        finally:
            call_command("flush", interactive=False, verbosity=0, reset_sequences=False)  # ids are cached by process


def require_test_database() -> None:
    """Stop before anything is stored, and later emptied, in a database that is not a test's own."""
    name = str(connection.settings_dict["NAME"])
    if not name.startswith("test_"):
        pytest.exit(f"The browser tests would have used the database {name}: no test database was set up.")


def stored_world() -> World:
    """The office of the walks."""
    places = offices.__wrapped__(None)
    staff = people.__wrapped__(places)
    version: ProcedureVersion = published(definition_of(), places.department)
    world = build_world(staff, places, intake.__wrapped__(places, version))
    world.sessions = {name: session_of(user) for name, user in vars(staff).items()}
    return world


def session_of(user: User) -> str:
    """Log somebody in and say which session it is."""
    client = Client()
    client.force_login(user)
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


@pytest.fixture(scope="module")
def server(world: World) -> Iterator[SimpleNamespace]:
    """The program, answering real requests; it keeps no connection, so that the database can be emptied."""
    connection.settings_dict["CONN_MAX_AGE"] = 0
    with override_settings(ALLOWED_HOSTS=["localhost"]):
        live = LiveServer("localhost")
        yield SimpleNamespace(url=live.url)
        live.stop()


@pytest.fixture
def desk(browser: Browser, server: SimpleNamespace, world: World) -> Iterator[Callable[[str], BrowserContext]]:
    """Open a browser in which somebody is logged in; "" is nobody."""
    opened: list[BrowserContext] = []

    def open_for(person: str) -> BrowserContext:
        context = browser.new_context(viewport={"width": WIDE, "height": 900}, locale="vi-VN")
        opened.append(context)
        if person:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": world.sessions[person], "url": server.url}
            context.add_cookies([cookie])
        return context

    yield open_for
    for context in opened:
        context.close()
