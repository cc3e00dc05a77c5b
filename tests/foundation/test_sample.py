"""What `make run` opens with: offices, people in every role, and a catalogue they can work with."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from offices.models import Membership, Office, Role, User
from onestop.passwords import readable_password
from procedures.models import Procedure, ProcedureVersion
from sla.calendars import load_calendars

pytestmark = pytest.mark.django_db


def load(**options):
    """Run the command; returns what it printed."""
    words = StringIO()
    call_command("load_sample", stdout=words, **options)
    return words.getvalue()


def test_sample_has_people_in_every_role_offices_in_a_tree_and_a_published_catalogue(monkeypatch):
    monkeypatch.setenv("ONESTOP_SAMPLE_PASSWORD", "printed-once-for-all")
    load_calendars()

    printed = load()

    assert printed.count("printed-once-for-all") == 1
    assert all(user.username in printed for user in User.objects.all())
    assert all(user.check_password("printed-once-for-all") for user in User.objects.all())
    assert set(Membership.objects.values_list("role", flat=True)) == set(Role.values)
    assert Office.objects.filter(is_desk=True).count() == 2
    assert list(Office.objects.filter(parent=None).values_list("code", flat=True)) == ["H41"]
    assert not ProcedureVersion.objects.exclude(status=ProcedureVersion.Status.PUBLISHED).exists()
    assert Procedure.objects.count() >= 20
    assert not Procedure.objects.filter(offerings=None).exists()


def test_sample_is_loaded_only_into_an_empty_database():
    User.objects.create_user("somebody", full_name="Somebody")

    assert load(once=True) == ""
    with pytest.raises(CommandError, match="People exist already"):
        load()

    assert not Office.objects.exists()


def test_password_of_the_sample_is_random_and_can_be_read_aloud():
    passwords = {readable_password() for _attempt in range(50)}

    assert len(passwords) == 50
    assert all(password.isascii() and len(password) == 23 for password in passwords)
