"""The frame shows what a person's roles allow, in the language they chose, and loads nothing from elsewhere."""

import re
from datetime import date

import pytest
from django import forms
from django.template.loader import render_to_string
from django.urls import reverse

from offices.models import Membership, Office, Role, User
from onestop.desk import counts
from onestop.desk.frame import RAIL

pytestmark = pytest.mark.django_db


def log_in(client, *roles, language="vi"):
    """Somebody with `roles` in one office, logged in."""
    user = User.objects.create_user("lan", full_name="Vũ Thị Lan", language=language)
    office = Office.objects.create(name="Bộ phận một cửa", short_name="Một cửa", code="H24.15", level="commune")
    for role in roles:
        Membership.objects.create(user=user, office=office, role=role, valid_from=date(2020, 1, 1))
    client.force_login(user)
    return user


def labels(page):
    """The entries of the rail, in order."""
    return re.findall(r'<span class="label">([^<]+)</span>', page)


@pytest.mark.parametrize("role", Role.values)
def test_rail_offers_only_what_the_role_allows(client, role):
    log_in(client, role)

    page = client.get(reverse("desk:styleguide")).content.decode()

    offered = [item for item in RAIL if item.url and role in item.roles]
    assert re.findall(r'<li>\s*<a href="([^"]+)"', page.split("</nav>")[0]) == [item.url for item in offered]


def test_rail_counts_what_waits(client, monkeypatch):
    log_in(client, Role.SUPERVISOR)
    monkeypatch.setitem(counts.COUNTERS, "supervise", lambda _capacities, _at: 2)
    monkeypatch.setattr("onestop.desk.frame.RailItem.url", "/somewhere/")

    page = client.get(reverse("desk:rail")).content.decode()

    assert '<span class="count urgent">2</span>' in page


def test_page_has_no_inline_script_or_style_and_asks_nobody_else(client, settings):
    log_in(client, Role.CLERK)

    page = client.get(reverse("desk:styleguide")).content.decode()

    assert not re.findall(r"<script(?![^>]+src=)", page)
    assert not re.findall(r"<style|\sstyle=|\son\w+=|javascript:", page)
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', page.replace(f'<a href="{settings.SOURCE_URL}"', ""))


def test_language_of_the_browser_does_not_matter(client):
    page = client.get(reverse("login"), headers={"Accept-Language": "en-US,en"}).content.decode()

    assert '<html lang="vi"' in page
    assert "Đăng nhập" in page


def test_language_switch_wins_over_the_persons_own(client):
    log_in(client, Role.CLERK)
    client.post(reverse("set_language"), {"language": "en", "next": "/"})

    page = client.get(reverse("desk:styleguide")).content.decode()

    assert '<html lang="en"' in page
    assert "Skip to the page" in page


def test_persons_own_language_is_used_without_the_switch(client):
    log_in(client, Role.CLERK, language="en")

    assert '<html lang="en"' in client.get(reverse("desk:styleguide")).content.decode()


def test_every_page_offers_the_source(client, settings):
    settings.SOURCE_URL = "https://example.org/source"

    assert 'href="https://example.org/source"' in client.get(reverse("login")).content.decode()


def test_theme_cookie_cannot_write_into_the_page(client):
    client.cookies["theme"] = 'dark"><b>'

    assert 'data-theme=""' in client.get(reverse("login")).content.decode()


def test_wrong_password_says_what_to_do(client):
    page = client.post(reverse("login"), {"username": "lan", "password": "wrong"}).content.decode()

    assert "Vui lòng điền vào tên đăng nhập và mật khẩu chính xác" in page


def test_what_a_definition_or_a_name_says_below_a_field_stays_text():
    form = forms.Form()
    form.fields["school"] = forms.CharField(help_text='<img src="//x.example"> Theo <b>Điều 5</b>')

    said = render_to_string("desk/parts/field_notes.html", {"field": form["school"]})

    assert "&lt;img src=&quot;//x.example&quot;&gt; Theo &lt;b&gt;Điều 5&lt;/b&gt;" in said
    assert "<img" not in said
