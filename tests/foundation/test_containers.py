"""The compose file is checked against its published schema, and against what `make run` starts."""

import json
import shlex
from importlib.resources import files
from urllib.parse import urlsplit

import pytest
import yaml
from django.conf import settings
from jsonschema.validators import validator_for

from onestop.commands import BEAT, SET_UP, WEB, WORKER

SCHEMA = "builtin_schemas/vendor/compose-spec.json"
SECRET_WORDS = ("password", "secret", "token", "key")


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(files("check_jsonschema").joinpath(SCHEMA).read_text(encoding="utf-8"))
    return validator_for(schema)(schema)


def test_compose_file_keeps_the_published_schema(compose, validator):
    errors = [f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(compose)]

    assert errors == []


def test_schema_refuses_a_compose_file_with_a_mistake(compose, validator):
    broken = compose | {"services": {"web": {"comand": "python"}}}

    assert not validator.is_valid(broken)


def test_containers_run_the_start_commands_of_the_program(compose):
    commands = {name: compose["services"][name]["command"] for name in ("web", "worker", "beat", "set-up")}

    assert commands == {"web": WEB, "worker": WORKER, "beat": BEAT, "set-up": SET_UP}


def test_image_starts_the_pages():
    lines = (settings.BASE_DIR / "Dockerfile").read_text(encoding="utf-8").splitlines()

    assert json.loads(lines[-1].removeprefix("CMD ")) == shlex.split(WEB)


def test_every_lasting_service_has_a_health_check_and_starts_again(compose):
    lasting = {name: service for name, service in compose["services"].items() if name != "set-up"}

    assert sorted(lasting) == ["backup", "beat", "postgres", "redis", "web", "worker"]
    assert all("healthcheck" in service and service["restart"] == "unless-stopped" for service in lasting.values())


def test_data_stands_in_named_volumes(compose):
    mounts = [mount for service in compose["services"].values() for mount in service.get("volumes", ())]

    assert {mount.split(":")[0] for mount in mounts} == set(compose["volumes"])


def test_compose_file_holds_no_secret(compose):
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if any(word in name.lower() for word in SECRET_WORDS):
                assert value.startswith("/run/secrets/"), name
            assert urlsplit(value).password is None, name
