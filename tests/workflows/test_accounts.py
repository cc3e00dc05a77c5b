"""The account of a dossier: complete enough that another program comes to the same dates."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override
from jsonschema import Draft202012Validator

from sla.models import CalendarVersion
from tests.sla import naive
from tests.workflows.conftest import moment, open_step
from tests.workflows.situations import Situations
from workflows import services
from workflows.accounts import account_of
from workflows.models import Dossier

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "explanation-1.schema.json").read_text(encoding="utf-8"))
AT = moment(10, 9)


@pytest.fixture
def situations(people, intake, offices):
    return Situations(people, intake, offices)


@pytest.fixture
def eventful(situations, people, offices):
    """Papers asked for and taken in, a payment asked for and confirmed, sent back once."""
    dossier = situations.awaiting_supplement()
    services.accept_supplement(dossier_id=dossier.pk, by=people.lan, at=moment(4, 10))
    step = open_step(dossier)
    services.request_payment(step_id=step.pk, name="Phí", amount=Decimal(50_000), by=people.minh, at=moment(4, 11))
    services.confirm_payment(dossier_id=dossier.pk, by=people.lan, at=moment(6, 8))
    services.finish_step(step_id=step.pk, outcome="forward", by=people.minh, at=moment(6, 9))
    services.send_back(step_id=open_step(dossier).pk, reason="Sai số", by=people.head, at=moment(6, 10))
    return Dossier.objects.get(pk=dossier.pk)


def counted_again(clock):
    """What another program, which shares no code with this one, makes of one clock's data."""
    named = clock["calendar"]
    spec = CalendarVersion.objects.get(calendar__code=named["code"], number=named["number"]).spec
    stops = [
        {"from": one["from"], "to": one["to"], "effect": "resume" if one["moves_date"] else "pause_only"}
        for one in clock["stops"]
    ]
    started_at = datetime.fromisoformat(clock["started_at"]).replace(second=0, microsecond=0).isoformat()
    question = {"received": started_at, "limit": clock["term"], "rules": clock["counting"], "stops": stops}
    found = naive.answer(question, naive.Calendar(spec))
    if found["due_at"] is None or clock["not_after"] is None:
        return found
    return found | {"due_at": min(found["due_at"], clock["not_after"])}


def test_the_data_keep_to_their_schema(eventful, situations):
    Draft202012Validator.check_schema(SCHEMA)
    check = Draft202012Validator(SCHEMA)
    for dossier in (eventful, situations.registered(), situations.not_accepted(), situations.returned()):
        found = json.loads(json.dumps(account_of(dossier, at=AT).as_data()))
        assert [error.message for error in check.iter_errors(found)] == [], dossier.legal_status


def test_parts_and_stretches_make_the_whole(eventful):
    ledger = account_of(eventful, at=AT).as_data()["ledger"]

    assert sum(part["seconds"] for part in ledger["parts"]) == ledger["seconds"]
    assert sum(stretch["seconds"] for stretch in ledger["stretches"]) == ledger["seconds"]
    # Monday 8:00 to Tuesday of the next week 9:00: a day without its first half hour, 5 days, and 1.5 hours
    assert ledger["seconds"] == (7.5 + 5 * 8 + 1.5) * 3600
    parts = {part["party"]: part["seconds"] for part in ledger["parts"]}
    assert parts["citizen"] == 6.5 * 3600 + 2.5 * 3600
    assert parts["payment"] == (0.5 + 4 + 8 + 0.5) * 3600


def test_another_program_comes_to_the_same_dates_from_the_data_alone(eventful, situations):
    compared = 0
    for dossier in (eventful, situations.returned(), situations.awaiting_payment(), situations.registered()):
        for clock in json.loads(json.dumps(account_of(dossier, at=AT).as_data()))["clocks"]:
            if clock["term"] is None:
                continue
            found = counted_again(clock)
            assert found["due_at"] == clock["due_at"], (dossier.code, clock["title"])
            if found["due_at"] is not None and clock["not_after"] is None and clock["term"]["unit"] == "working_day":
                assert sum(found["counted"].values()) == int(clock["totals"]["counted"])
                assert found["skipped"] == clock["totals"]["skipped"]
            compared += 1
    assert compared >= 15


def test_the_account_costs_the_same_statements_however_long_the_dossier(eventful, received, django_assert_num_queries):
    for dossier in (eventful, received):
        fresh = Dossier.objects.select_related("procedure", "statutory_clock", "citizen_clock", "desk_clock").get(
            pk=dossier.pk
        )
        account_of(fresh, at=AT)
        with django_assert_num_queries(6):
            account_of(fresh, at=AT)


def explained(*options, capsys):
    with override("vi"):
        call_command("explain_deadline", *options)
    return capsys.readouterr().out


def test_the_command_prints_every_clock_and_whose_time(eventful, capsys):
    lines = explained(eventful.code.lower(), capsys=capsys).splitlines()

    assert lines[0] == f"{eventful.code} · đang xử lý"
    assert lines[1] == "Bộ quy tắc: Nghị định 118/2025/NĐ-CP (nd-118-2025)"
    assert lines[3:5] == ["thời hạn giải quyết theo quy định", "  Đến hạn: 17:00 19/03/2026"]
    assert "  - Cuối ngày 05/03/2026 đồng hồ đang tạm dừng nên không tính." in lines
    assert "  + 06/03/2026 (thứ Sáu) là ngày làm việc nên được tính." in lines
    assert "  11:00 04/03/2026 tạm dừng (Minh): 17:00 18/03/2026 → –" in lines


def test_the_command_prints_json_and_nothing_else(eventful, capsys):
    data = json.loads(explained(eventful.code, "--json", capsys=capsys))

    assert (data["schema"], data["code"]) == ("onestop.explanation/1", eventful.code)
    assert [clock["kind"] for clock in data["clocks"]] == ["statutory", *["step"] * 5, "citizen"]


def test_an_unknown_code_is_one_clear_error(db):
    with override("vi"), pytest.raises(CommandError) as error:
        call_command("explain_deadline", "khong-co")

    assert (str(error.value), error.value.returncode) == ("Không có hồ sơ mang mã KHONG-CO.", 1)
