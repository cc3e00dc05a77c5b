"""lint_procedures and publish_procedure: the linter with calendars, rulebook and staffing."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from offices.models import Membership, Office, Role, User
from procedures.definition import Unit
from procedures.models import Procedure, ProcedureVersion
from procedures.services import import_definition, offer
from sla.calendars import calendar_files, load_calendars, timetable_from_spec
from tests.procedures.samples import NOW, RECEIVE, definition, human, text
from workflows.lint_context import lint_context, shortest_term

pytestmark = pytest.mark.django_db

CATALOGUE = Path(__file__).parents[2] / "procedures" / "catalogue"
SHORT = {"limits": [{"channel": ["desk", "post", "online"], "amount": 3, "unit": "working_day"}]}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def run(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(*arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def answer(*arguments: str) -> tuple[dict[str, object], bool]:
    """What --json printed, and whether the command failed."""
    out = StringIO()
    try:
        call_command("lint_procedures", *arguments, "--json", stdout=out, stderr=StringIO())
    except CommandError as error:
        assert error.returncode == 1
        return json.loads(out.getvalue()), True
    return json.loads(out.getvalue()), False


def office(code: str, *roles: str, level: str = "province", desk: bool = False) -> Office:
    made = Office.objects.create(name=code, short_name=code, code=code, level=level, is_desk=desk)
    for role in roles:
        user = User.objects.create_user(f"{code}-{role}", full_name=role)
        Membership.objects.create(user=user, office=made, role=role, valid_from=date(2026, 1, 1))
    return made


def test_the_shipped_catalogue_has_no_finding() -> None:
    load_calendars()

    found, failed = answer(str(CATALOGUE))

    assert found == {"errors": 0, "warnings": 0, "findings": []}
    assert not failed


def test_a_defect_is_printed_with_file_line_code_and_place(tmp_path: Path) -> None:
    file = tmp_path / "late.yaml"
    file.write_text(text(**SHORT), encoding="utf-8")

    found, failed = answer(str(file))

    assert failed
    assert found["errors"] == 1
    (finding,) = found["findings"]
    assert {key: finding[key] for key in ("file", "procedure", "code", "name", "severity", "place")} == {
        "file": str(file),
        "procedure": "3.000466@province",
        "code": "P034",
        "name": "budgets_over_limit",
        "severity": "error",
        "place": "limits[0]",
    }
    assert finding["line"] == next(n for n, line in enumerate(text(**SHORT).splitlines(), 1) if "channel" in line)


def test_without_json_there_is_a_line_per_finding(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(text(steps=[RECEIVE, human("b")]), encoding="utf-8")

    out, err = run("lint_procedures", str(tmp_path))

    assert "warning P023 nobody_returns steps[1]:" in out
    assert "1 files, 0 errors, 1 warnings." in out
    assert "No offices are loaded" in err


def test_a_file_that_cannot_be_read_is_a_finding_and_the_others_are_checked(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: [", encoding="utf-8")
    (tmp_path / "b.yaml").write_text(text(**SHORT), encoding="utf-8")

    found, _failed = answer(str(tmp_path))

    assert [finding["code"] for finding in found["findings"]] == ["P000", "P034"]


def test_a_procedure_defined_in_two_files_is_a_finding(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(text(), encoding="utf-8")

    found, _failed = answer(str(tmp_path))

    assert [(finding["code"], Path(finding["file"]).name) for finding in found["findings"]] == [("P005", "b.yaml")]


def test_a_missing_directory_is_a_finding(tmp_path: Path) -> None:
    found, failed = answer(str(tmp_path / "nowhere"))

    assert failed
    assert [finding["code"] for finding in found["findings"]] == ["P000"]


def test_staffing_is_read_from_the_memberships_of_today() -> None:
    office("H40.01", "clerk", desk=True)
    department = office("H40.02", "specialist", "leader")
    procedure = import_definition(spec=definition(), at=NOW).procedure
    offer(procedure, department)

    staffing = lint_context(at=NOW).staffing

    assert staffing is not None
    assert staffing.offered_at == {"3.000466@province": ("H40.02",)}
    assert staffing.offices["H40.02"].roles == {"specialist", "leader"}
    assert lint_context(at=datetime(2025, 1, 1, tzinfo=UTC)).staffing.offices["H40.02"].roles == frozenset()


def test_slips_are_those_of_the_day() -> None:
    forms_on = lint_context(at=NOW, with_database=False).forms_on

    assert forms_on is not None
    assert "07" not in forms_on(date(2024, 1, 1))
    assert "07" in forms_on(date(2026, 1, 1))


def test_the_shortest_term_crosses_the_longest_holiday() -> None:
    timetable = timetable_from_spec(calendar_files()["default"])

    twelve = shortest_term(Decimal(12), Unit.CALENDAR_DAY, timetable, 2026)
    month = shortest_term(Decimal(1), Unit.MONTH, timetable, 2026)

    assert Decimal(16) <= twelve < 12 * 8
    assert twelve < month < 23 * 8
    assert twelve % 8 == month % 8 == 0


def test_errors_of_the_linter_block_publishing() -> None:
    import_definition(spec=definition(**SHORT), at=NOW)

    with pytest.raises(CommandError, match="P034"):
        run("publish_procedure", "3.000466")
    assert ProcedureVersion.objects.get().status == "draft"


def test_a_role_that_nobody_holds_blocks_publishing() -> None:
    office("H40.01", "clerk", desk=True)
    office("H40.02", "specialist")
    import_definition(spec=definition(), at=NOW)

    with pytest.raises(CommandError, match="P042"):
        run("publish_procedure", "3.000466")


def test_a_draft_is_published_in_the_name_of_an_editor() -> None:
    office("H40.01", "clerk", Role.CATALOGUE_EDITOR, desk=True)
    office("H40.02", "specialist", "leader")
    import_definition(spec=definition(), at=NOW)

    out, _err = run("publish_procedure", "3.000466@province", "--by", "H40.01-catalogue_editor")

    assert "3.000466@province: version 1 is published." in out
    version = ProcedureVersion.objects.get()
    assert version.published_by is not None
    assert version.published_by.username == "H40.01-catalogue_editor"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["1.000001"], "There is no procedure"),
        ([], "Name procedures"),
        (["3.000466", "--by", "nobody"], "no active user nobody"),
        (["3.000466", "--by", "H40.01-clerk"], "not a catalogue editor"),
    ],
)
def test_who_cannot_publish_is_told_why(arguments: list[str], sentence: str) -> None:
    office("H40.01", "clerk", desk=True)
    office("H40.02", "specialist", "leader")
    import_definition(spec=definition(), at=NOW)

    with pytest.raises(CommandError, match=sentence):
        run("publish_procedure", *arguments)
    assert ProcedureVersion.objects.get().status == "draft"


def test_every_draft_is_published_at_once_or_none() -> None:
    call_command("import_procedures", str(CATALOGUE), verbosity=0)
    late = import_definition(spec=definition(code="9.999999", **SHORT), at=NOW)

    with pytest.raises(CommandError, match=r"9.999999@province"):
        run("publish_procedure", "--all")
    assert not ProcedureVersion.objects.filter(status="published").exists()
    late.delete()
    run("publish_procedure", "--all")
    assert not ProcedureVersion.objects.exclude(status="published").exists()
    assert Procedure.objects.count() == ProcedureVersion.objects.count() + 1
