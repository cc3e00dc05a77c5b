"""What every answer of the program carries, and the health probe."""

import pytest
from django.conf import settings


@pytest.mark.django_db
def test_health_probe_answers_for_both_servers_whatever_the_host_name(client):
    answer = client.get("/healthz", headers={"host": "10.0.0.7"})

    assert (answer.status_code, answer.json()) == (200, {"database": True, "redis": True})


@pytest.mark.django_db
def test_health_probe_says_which_server_is_away(client, settings):
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"

    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (503, {"database": True, "redis": False})


@pytest.mark.django_db
def test_pages_load_from_this_server_only(client):
    policy = client.get("/login/").headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "http" not in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
def test_pages_may_not_be_framed_by_others_and_keep_their_address_to_themselves(client):
    headers = client.get("/login/").headers

    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_source_is_offered_from_this_server_unless_an_address_is_given():
    assert settings.SOURCE_URL == "/static/onestop-source.tar.gz"
