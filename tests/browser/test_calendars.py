"""A calendar with a new holiday, by two people: drafted, foreseen, published, and seen on a dossier."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from offices.capacities import local_day
from sla.calendars import timetable_for
from tests.workflows.conftest import intake
from workflows.services import receive
from workflows.services.reprojecting import carry_out

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DECISION = "15/QĐ-UBND"


def test_a_new_holiday_is_drafted_foreseen_published_and_explains_the_date(desk, server, world):
    make = intake.__wrapped__(world.offices, world.procedure.versions.get(number=1))
    dossier = receive(intake=make(), by=world.people.lan, at=timezone.now())
    timetable = timetable_for()
    holiday = timetable.working_day(local_day(timezone.now()), 3)
    after = timetable.working_day(local_day(dossier.due_at), 1)

    administrator = desk("administrator").new_page()
    administrator.goto(f"{server.url}/desk/calendars/drafts/{world.calendar_draft.act_key}/")
    form = administrator.locator('form[action$="/day_off/"]')
    form.locator('[name="day"]').fill(holiday.isoformat())
    form.locator('[name="name"]').fill("Ngày lễ của tỉnh")
    form.get_by_role("button", name="Đưa vào dự thảo").click()
    expect(administrator.locator("main")).to_contain_text("Ngày lễ của tỉnh")
    expect(administrator.locator(f'td.is-changed[title^="{holiday:%d/%m/%Y}"]')).to_have_count(1)
    administrator.get_by_role("link", name=re.compile("thay đổi")).first.click()
    expect(administrator.locator("main")).to_contain_text("Bạn là người soạn")
    expect(administrator.get_by_role("button", name=re.compile("Ban hành"))).to_have_count(0)

    supervisor = desk("supervisor").new_page()
    supervisor.goto(f"{server.url}/desk/calendars/drafts/{world.calendar_draft.act_key}/preview/?effect=moved")
    row = supervisor.locator("tr", has_text=dossier.code)
    expect(row).to_contain_text(f"{dossier.due_at.astimezone(timetable.zone):%d/%m/%Y}")
    expect(row).to_contain_text(f"{after:%d/%m/%Y}")
    dossier.refresh_from_db()
    assert local_day(dossier.due_at) < after
    supervisor.locator('[name="decision"]').fill(DECISION)
    supervisor.get_by_role("button", name=re.compile("Ban hành")).click()
    expect(supervisor.locator("main")).to_contain_text(DECISION)

    carry_out()
    clerk = desk("lan").new_page()
    clerk.goto(f"{server.url}/desk/dossiers/{dossier.pk}/?tab=clock")
    expect(clerk.locator("main")).to_contain_text(f"{after:%d/%m/%Y}")
    expect(clerk.locator(".date-changes").first).to_contain_text(DECISION)
    supervisor.goto(f"{server.url}/desk/calendars/of/default/")
    expect(supervisor.locator("#moves")).to_contain_text("xong")
