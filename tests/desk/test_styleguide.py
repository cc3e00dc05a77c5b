"""The style guide shows the tokens that the pages use; every word can be read; light or dark is the person's own."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from onestop.desk import tokens

pytestmark = pytest.mark.django_db

SHEETS = sorted(tokens.SHEET.parent.glob("*.css"))


def test_every_colour_is_named_once_and_has_a_use():
    names = [token.name for token in tokens.colours()]

    assert names == list(tokens.USES)
    assert sorted(set(names)) == sorted(names)


def test_everything_written_can_be_read_in_light_and_in_dark():
    assert [(one.ink.name, one.paper.name) for one in tokens.contrasts() if not one.is_enough] == []
    assert tokens.ratio("#000000", "#ffffff") == 21.0
    assert tokens.ratio("#767676", "#ffffff") == 4.54


@pytest.mark.parametrize("sheet", SHEETS, ids=[sheet.stem for sheet in SHEETS])
def test_no_sheet_uses_a_token_that_is_not_there(sheet):
    known = {name for one in SHEETS for name in re.findall(r"(--[\w-]+):", Path(one).read_text())}

    assert set(re.findall(r"var\((--[\w-]+)\)", sheet.read_text())) - known == set()


def test_style_guide_shows_every_token_and_every_contrast(desk_of, people):
    page = desk_of(people.lan).get(reverse("desk:styleguide")).content.decode()

    assert re.findall(r"<code>--([\w-]+)</code></td>", page) == [token.name for token in tokens.colours()]
    assert page.count('fill="#') >= 2 * len(tokens.colours())
    assert len(re.findall(r"<td>[\w-]+ / [\w-]+</td>", page)) == len(tokens.PAIRS)


def test_light_or_dark_is_kept_with_the_person_not_with_the_computer(desk_of, people):
    desk = desk_of(people.lan)
    desk.cookies["theme"] = "light"

    answer = desk.post(reverse("set_theme"), {"theme": "dark", "next": reverse("desk:styleguide")})
    quiet = desk_of(people.minh).post(reverse("set_theme"), {"theme": "violet", "quietly": "1"})

    people.lan.refresh_from_db()
    people.minh.refresh_from_db()
    assert (answer.status_code, answer.url) == (302, reverse("desk:styleguide"))
    assert (quiet.status_code, people.lan.theme, people.minh.theme) == (204, "dark", "")
    assert 'data-theme="dark"' in desk_of(people.lan).get(reverse("desk:styleguide")).content.decode()
    assert 'data-theme=""' in desk_of(people.minh).get(reverse("desk:styleguide")).content.decode()


def test_theme_leads_to_no_other_site(desk_of, people):
    answer = desk_of(people.lan).post(reverse("set_theme"), {"theme": "dark", "next": "//elsewhere.example/"})

    assert answer.url == "/"
