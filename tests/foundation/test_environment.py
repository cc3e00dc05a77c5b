"""What the environment says, and what a production start refuses."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from onestop.embedded.folders import Folders
from onestop.environment import (
    DEFAULT_SECRET_KEY,
    broker_from,
    database_from,
    refuse_unsafe_production,
    secret_key,
)

GOOD_KEY = "k" * 60
SAFE = {"ONESTOP_PROFILE": "production", "SECRET_KEY": GOOD_KEY, "ALLOWED_HOSTS": "onestop.example.vn"}


def settings_with(**environment: str) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process of its own, with nothing but `environment`."""
    kept = {name: os.environ[name] for name in ("PATH", "ONESTOP_VAR", "DATABASE_URL", "REDIS_URL")}
    code = "from onestop import settings as s; print(s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, s.DEBUG)"
    return subprocess.run(
        [sys.executable, "-c", code],
        env=kept | environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"DEBUG": "1"}, "DEBUG is on in production"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing or too short in production"),
        ({"SECRET_KEY": DEFAULT_SECRET_KEY}, "SECRET_KEY is missing or too short in production"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is missing or too short in production"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is not set in production"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS is not set in production"),
    ],
)
def test_unsafe_production_refuses_to_start(wrong, sentence):
    answer = settings_with(**(SAFE | wrong))

    assert answer.returncode == 1
    assert sentence in answer.stderr.splitlines()[-1]


def test_safe_production_starts_with_secure_cookies_and_hsts():
    assert settings_with(**SAFE).stdout.split() == ["True", "31536000", "False"]


def test_without_any_environment_the_settings_are_those_of_one_machine():
    assert settings_with().stdout.split() == ["False", "0", "False"]


def test_refusal_is_one_sentence_for_each_mistake():
    with pytest.raises(ImproperlyConfigured, match="DEBUG"):
        refuse_unsafe_production(debug=True, key=GOOD_KEY, hosts=["a"])


def test_secret_of_an_installation_is_random_kept_and_private(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL")
    first, second = (Folders(tmp_path / name, tmp_path / name) for name in ("first", "second"))

    key = secret_key(first, production=False)

    assert secret_key(first, production=False) == key
    assert secret_key(second, production=False) != key
    assert (first.state / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in first.state.glob("secret_key*")] == ["secret_key"]


def test_secrets_come_from_files_where_containers_put_them(tmp_path, monkeypatch):
    (tmp_path / "password").write_text("from a file\n")
    monkeypatch.setenv("DATABASE_PASSWORD_FILE", str(tmp_path / "password"))

    assert database_from("postgres://onestop@postgres/onestop")["PASSWORD"] == "from a file"
    assert database_from("postgres://onestop:given@postgres/onestop")["PASSWORD"] == "given"


def test_database_address_is_taken_apart():
    config = database_from("postgres://o%40ce:p%2Fw@db.example:5433/one%20stop")

    assert {name: config[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "NAME": "one stop",
        "USER": "o@ce",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "5433",
    }


def test_socket_folder_keeps_its_capital_letters():
    assert database_from("postgres://postgres@/onestop?host=/Var/Sockets")["HOST"] == "/Var/Sockets"


@pytest.mark.parametrize(
    ("redis", "broker"),
    [
        ("redis://127.0.0.1:6379/3", "redis://127.0.0.1:6379/3"),
        ("unix:///v/valkey.sock?db=2", "redis+socket:///v/valkey.sock?virtual_host=2"),
    ],
)
def test_broker_is_the_same_redis_in_celerys_spelling(redis, broker):
    assert broker_from(redis) == broker
