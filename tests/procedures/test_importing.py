"""Import, publish and export: all or nothing, nothing twice, and never a published version changed."""

import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import InternalError, transaction

from offices.models import Membership, Office, Role, User
from procedures.exceptions import (
    AmbiguousCode,
    DefectiveDefinition,
    DefinedTwice,
    NotADraft,
    NotCatalogueEditor,
    NotPublished,
    UnknownProcedure,
)
from procedures.findings import Finding, Severity
from procedures.graph import Graph
from procedures.models import Offering, OfficerInCharge, Procedure, ProcedureVersion
from procedures.reading import read_definition
from procedures.services import (
    find_procedure,
    import_definition,
    import_definitions,
    offer,
    publish_version,
    put_in_charge,
    withdraw_version,
)
from tests.procedures.samples import NOW, RECEIVE, definition, text

pytestmark = pytest.mark.django_db

CATALOGUE = Path(__file__).parents[2] / "procedures" / "catalogue"
ERROR = Finding("P034", "budgets_over_limit", Severity.ERROR, "limits[0]", "Too long.")
WARNING = Finding("P052", "step_without_name", Severity.WARNING, "steps[0]", "No name.")


def run(*arguments: str, **options: object) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


def published(**changes: object) -> ProcedureVersion:
    version = import_definition(spec=definition(**changes), at=NOW)
    return publish_version(version=version, at=NOW)


@pytest.fixture
def office() -> Office:
    return Office.objects.create(name="Department", short_name="Dept", code="H40.01", level="province")


@pytest.fixture
def editor(office: Office) -> User:
    user = User.objects.create_user("editor", full_name="Editor")
    Membership.objects.create(user=user, office=office, role=Role.CATALOGUE_EDITOR, valid_from=date(2026, 1, 1))
    return user


def test_the_whole_catalogue_is_imported_and_a_second_time_nothing_happens() -> None:
    first = run("import_procedures", str(CATALOGUE))
    count = len(list(CATALOGUE.glob("*.yaml")))

    assert f"{count} definitions read, {count} loaded as drafts." in first
    assert ProcedureVersion.objects.filter(status="draft", number=1).count() == count
    before = list(ProcedureVersion.objects.order_by("pk").values())
    second = run("import_procedures", str(CATALOGUE))
    assert f"{count} definitions read, 0 loaded as drafts." in second
    assert list(ProcedureVersion.objects.order_by("pk").values()) == before


def test_one_bad_file_and_nothing_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "1-good.yaml").write_text(text(), encoding="utf-8")
    (tmp_path / "2-bad.yaml").write_text(text(code="3.000468", steps=[RECEIVE | {"time": {"amount": 0}}]))

    with pytest.raises(CommandError, match=r"2-bad.yaml:\d+: steps\[0\].time: .*\nNothing was loaded."):
        run("import_procedures", str(tmp_path))
    assert not Procedure.objects.exists()


def test_two_files_with_one_code_and_level_are_refused(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(text(), encoding="utf-8")

    with pytest.raises(CommandError, match=r"3.000466@province is defined twice"):
        run("import_procedures", str(tmp_path))
    assert not Procedure.objects.exists()


def test_a_directory_that_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no such file or directory"):
        run("import_procedures", str(tmp_path / "nowhere"))


def test_a_process_that_cannot_be_drawn_is_not_even_kept_as_a_draft() -> None:
    with pytest.raises(DefectiveDefinition):
        import_definition(spec=definition(RECEIVE | {"outcomes": {"forward": "nowhere"}}), at=NOW)
    assert not Procedure.objects.exists()


def test_the_same_definition_twice_in_one_run_is_refused_whole() -> None:
    with pytest.raises(DefinedTwice):
        import_definitions(specs=[definition(), definition(name="Other")], at=NOW)
    assert not Procedure.objects.exists()


def test_a_changed_draft_stays_one_draft() -> None:
    first = import_definition(spec=definition(), at=NOW)
    second = import_definition(spec=definition(name="Sửa văn bằng"), at=NOW)

    assert (second.pk, second.number) == (first.pk, 1)
    assert Procedure.objects.get().name_folded == "sua van bang diplomas"


def test_a_changed_published_definition_makes_a_new_draft() -> None:
    first = published()
    second = import_definition(spec=definition(name="New"), at=NOW)

    assert (second.number, second.status) == (2, "draft")
    first.refresh_from_db()
    assert (first.status, first.spec.name) == ("published", "Correct a diploma")
    assert first.procedure.name == "Correct a diploma"
    publish_version(version=second, at=NOW)
    assert Procedure.objects.get().name == "New"


def test_an_unchanged_published_definition_does_nothing() -> None:
    version = published()

    assert import_definition(spec=definition(), at=NOW).pk == version.pk
    assert ProcedureVersion.objects.count() == 1


def test_errors_block_publishing_and_warnings_do_not() -> None:
    version = import_definition(spec=definition(), at=NOW)

    with pytest.raises(DefectiveDefinition, match="Too long"):
        publish_version(version=version, at=NOW, findings=[WARNING, ERROR])
    version.refresh_from_db()
    assert (version.status, version.published_at) == ("draft", None)
    assert publish_version(version=version, at=NOW, findings=[WARNING]).status == "published"


def test_a_version_is_published_once() -> None:
    version = published()

    with pytest.raises(NotADraft, match=r"Version 1 of 3.000466@province is not a draft"):
        publish_version(version=version, at=NOW)


def test_only_a_catalogue_editor_publishes(editor: User) -> None:
    version = import_definition(spec=definition(), at=NOW, by=editor)
    stranger = User.objects.create_user("stranger", full_name="Stranger")

    with pytest.raises(NotCatalogueEditor, match="stranger is not a catalogue editor"):
        publish_version(version=version, at=NOW, by=stranger)
    assert publish_version(version=version, at=NOW, by=editor).published_by == editor


def test_new_files_get_the_newest_version_in_force_that_day() -> None:
    old = published(valid_to="2026-12-31")
    new = published(name="New", valid_from="2026-06-01")
    procedure = Procedure.objects.get()

    assert procedure.version_on(date(2025, 6, 30)) is None
    assert procedure.version_on(date(2026, 5, 31)) == old
    assert procedure.version_on(date(2026, 6, 1)) == new
    assert list(ProcedureVersion.objects.current_on(date(2026, 6, 1))) == [new]
    withdraw_version(version=new, reason="wrong", at=NOW)
    assert procedure.version_on(date(2026, 6, 1)) == old


def test_only_a_published_version_is_withdrawn() -> None:
    draft = import_definition(spec=definition(), at=NOW)

    with pytest.raises(NotPublished):
        withdraw_version(version=draft, reason="wrong", at=NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"definition": {}},
        {"definition_hash": "0" * 64},
        {"number": 7},
        {"valid_from": date(2020, 1, 1)},
        {"valid_to": date(2030, 1, 1)},
        {"published_at": NOW + timedelta(days=1)},
        {"status": "draft", "published_at": None},
        {"status": "withdrawn", "withdrawn_at": NOW, "valid_to": date(2030, 1, 1)},
    ],
    ids=str,
)
def test_the_database_keeps_a_published_version_as_it_is(changes: dict[str, object]) -> None:
    version = published()
    before = ProcedureVersion.objects.filter(pk=version.pk).values().get()

    with pytest.raises(InternalError, match="never changes"), transaction.atomic():
        ProcedureVersion.objects.filter(pk=version.pk).update(**changes)
    assert ProcedureVersion.objects.filter(pk=version.pk).values().get() == before


def test_the_database_keeps_published_and_withdrawn_versions() -> None:
    version = withdraw_version(version=published(), reason="wrong", at=NOW)

    for change in ({"status": "published"}, {"withdrawn_reason": "other"}):
        with pytest.raises(InternalError, match="never changes"), transaction.atomic():
            ProcedureVersion.objects.filter(pk=version.pk).update(**change)
    with pytest.raises(InternalError, match="never changes"), transaction.atomic():
        ProcedureVersion.objects.filter(pk=version.pk).delete()
    assert ProcedureVersion.objects.get().status == "withdrawn"


def test_a_draft_may_be_deleted() -> None:
    import_definition(spec=definition(), at=NOW)

    ProcedureVersion.objects.all().delete()

    assert not ProcedureVersion.objects.exists()


def test_a_version_gives_its_definition_and_graph_without_reading_them_twice() -> None:
    version = published()
    again = ProcedureVersion.objects.get()

    assert again.spec == definition()
    assert again.spec is version.spec
    assert isinstance(again.graph, Graph)
    assert again.graph is version.graph


def test_procedures_are_found_by_words_without_accents_and_by_code() -> None:
    run("import_procedures", str(CATALOGUE), verbosity=0)
    search = Procedure.objects.search

    assert {one.code for one in search("chinh sua van bang")} == {"3.000466", "3.000468"}
    assert {one.code for one in search("VĂN  BẰNG chỉnh")} == {"3.000466", "3.000468"}
    assert {one.reference for one in search("1.005144")} == {"1.005144@commune", "1.005144@province"}
    assert search("1.0128").count() == 0
    assert {one.code for one in search("lt.hkd")} == {"LT.HKD-ANTT-KARAOKE"}
    assert search("").count() == Procedure.objects.count()
    assert search("không có thủ tục này").count() == 0


def test_a_code_at_two_levels_is_asked_back() -> None:
    for level in ("province", "commune"):
        import_definition(spec=definition(level=level), at=NOW)

    with pytest.raises(AmbiguousCode, match=r"3.000466@commune, 3.000466@province"):
        find_procedure("3.000466")
    assert find_procedure("3.000466@commune").level == "commune"
    with pytest.raises(UnknownProcedure):
        find_procedure("9.999999")


def test_an_office_offers_a_procedure_once_and_has_officers_in_charge(office: Office, editor: User) -> None:
    procedure = import_definition(spec=definition(), at=NOW).procedure

    assert offer(procedure, office) == offer(procedure, office)
    assert Offering.objects.count() == 1
    assert list(Procedure.objects.offered_by(office.pk)) == [procedure]
    for _time in range(2):
        put_in_charge(procedure=procedure, office=office, role=Role.SPECIALIST, user=editor)
    assert OfficerInCharge.objects.count() == 1


def test_what_is_exported_is_imported_as_unchanged(tmp_path: Path) -> None:
    run("import_procedures", str(CATALOGUE), verbosity=0)

    for procedure in Procedure.objects.all():
        (tmp_path / f"{procedure.pk}.yaml").write_text(run("export_procedure", procedure.reference), encoding="utf-8")
    again = run("import_procedures", str(tmp_path))

    assert f"{Procedure.objects.count()} definitions read, 0 loaded as drafts." in again


def test_the_version_in_force_is_exported_unless_a_number_is_named() -> None:
    published()
    import_definition(spec=definition(name="New"), at=NOW)

    assert read_definition(run("export_procedure", "3.000466")).name == "Correct a diploma"
    assert read_definition(run("export_procedure", "3.000466", "--number", "2")).name == "New"
    with pytest.raises(CommandError, match="no such version"):
        run("export_procedure", "3.000466", "--number", "3")
    with pytest.raises(CommandError, match=r"There is no procedure 1.000001"):
        run("export_procedure", "1.000001")
    with pytest.raises(CommandError, match="Name a procedure"):
        run("export_procedure")


def test_the_definition_is_stored_as_the_author_wrote_it() -> None:
    version = import_definition(spec=definition(), at=NOW)

    stored = ProcedureVersion.objects.get(pk=version.pk).definition
    assert json.dumps(stored, sort_keys=True) == json.dumps(definition().as_json(), sort_keys=True)
    assert "four_eyes" not in stored
