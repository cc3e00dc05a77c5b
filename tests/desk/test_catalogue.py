"""The catalogue: found without accents, shown as the official table, changed by its editor alone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from onestop.sample.loading import CATALOGUE
from procedures.models import Offering, OfficerInCharge, ProcedureVersion
from procedures.reading import read_file
from procedures.services import import_definition
from tests.workflows.conftest import SEVEN_STEPS, definition_of, published


@pytest.fixture
def editing(desk_of, people):
    return desk_of(people.editor)


@pytest.fixture
def reading(desk_of, people):
    return desk_of(people.minh)


def draft(**changes):
    return import_definition(spec=definition_of(**changes), at=timezone.now())


def page_of(client, version, query=""):
    return client.get(reverse("desk:procedure", args=[version.procedure_id]) + query)


def found(client, **query):
    return [procedure.code for procedure in client.get(reverse("desk:catalogue"), query).context["page"].rows]


@pytest.mark.parametrize("words", ["mien giam hoc phi", "MIỄN, GIẢM".replace(",", ""), "1.0051", "giao duc dao tao"])
def test_procedure_is_found_by_code_or_words_without_accents(reading, version, words):
    assert found(reading, q=words) == ["1.005144"]


def test_field_and_level_narrow_the_list(reading, version, offices):
    published(definition_of(code="1.000001", level="commune", field={"code": "G01", "name": "Đất đai"}))

    assert found(reading) == ["1.000001", "1.005144"]
    assert found(reading, level="commune") == ["1.000001"]
    assert found(reading, field="G03-GD") == ["1.005144"]


def test_draft_exists_for_editors_only(reading, editing, version):
    fresh = draft(code="1.000001")

    assert found(reading) == ["1.005144"]
    assert found(editing) == ["1.000001", "1.005144"]
    assert page_of(reading, fresh).status_code == 404
    assert page_of(editing, fresh).status_code == 200


def test_official_table_says_step_who_what_time_output(reading, version):
    rows = page_of(reading, version).context["table"]

    assert [row.number for row in rows] == ["1", "2", "3", "4", "5", "6", "7"]
    assert (rows[2].name, rows[2].who, rows[2].where, rows[2].time) == (
        "Thẩm định",
        "Chuyên viên",
        "nơi giải quyết",
        "58 giờ làm việc",
    )
    assert rows[3].ways == ("chuyển bước tiếp theo → Ký", "trả lại bước trước → Thẩm định")
    assert [row.ends_clock for row in rows] == [False] * 5 + [True, False]
    assert rows[6].time == "không tính giờ"


def test_every_shipped_procedure_has_a_page_with_its_diagram(reading, offices):
    for path in sorted(CATALOGUE.glob("*.yaml")):
        version = published(read_file(path))

        answer = page_of(reading, version)

        assert answer.status_code == 200
        assert '<svg class="diagram"' in answer.content.decode()
        assert len(answer.context["table"]) >= len(version.spec.human_steps())


def test_assumed_step_is_marked(reading, offices):
    steps = [{**SEVEN_STEPS[0], "assumed": True}, *SEVEN_STEPS[1:]]
    version = published(definition_of(steps=steps))

    answer = page_of(reading, version)

    assert [row.is_assumed for row in answer.context["table"]] == [True] + [False] * 6
    assert "tạm giả định" in answer.content.decode()


def test_editor_publishes_a_draft(editing, version, people):
    fresh = draft(name="Miễn, giảm học phí (sửa đổi)")

    editing.post(reverse("desk:procedure_publish", args=[fresh.procedure_id]))

    fresh.refresh_from_db()
    assert (fresh.status, fresh.published_by, fresh.number) == ("published", people.editor, 2)


def test_errors_of_the_linter_are_shown_and_block_the_draft(editing, version):
    steps = [{key: value for key, value in SEVEN_STEPS[0].items() if key != "time"}, *SEVEN_STEPS[1:]]
    fresh = draft(steps=steps)

    shown = page_of(editing, fresh, "?version=2")
    answer = editing.post(reverse("desk:procedure_publish", args=[fresh.procedure_id]), follow=True)

    fresh.refresh_from_db()
    assert "error" in {finding.severity.value for finding in shown.context["findings"]}
    assert fresh.status == "draft"
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]


def test_editor_withdraws_a_version_with_a_reason(editing, version):
    url = reverse("desk:procedure_withdraw", args=[version.procedure_id, 1])
    without = editing.post(url, {"reason": " "})

    editing.post(url, {"reason": "Bãi bỏ theo 12/QĐ-UBND"})

    version.refresh_from_db()
    assert without.status_code == 422
    assert (version.status, version.withdrawn_reason) == ("withdrawn", "Bãi bỏ theo 12/QĐ-UBND")


def test_version_that_is_not_there_is_not_found(editing, version):
    url = reverse("desk:procedure_withdraw", args=[version.procedure_id, 9])

    assert editing.post(url, {"reason": "Bãi bỏ"}).status_code == 404


def test_editor_changes_where_it_is_offered_and_who_is_in_charge(editing, version, people, offices):
    procedure = version.procedure_id
    officer = {"office": offices.department.pk, "role": "specialist", "user": people.minh.pk}

    editing.post(reverse("desk:procedure_offering", args=[procedure]), {"office": offices.police.pk})
    editing.post(reverse("desk:procedure_offering_end", args=[procedure, offices.department.pk]))
    editing.post(reverse("desk:procedure_officer", args=[procedure]), officer)

    assert list(Offering.objects.values_list("office", flat=True)) == [offices.police.pk]
    assert OfficerInCharge.objects.get().user == people.minh

    editing.post(reverse("desk:procedure_officer_end", args=[procedure, OfficerInCharge.objects.get().pk]))

    assert not OfficerInCharge.objects.exists()


def test_person_who_ceased_to_be_editor_changes_nothing(editing, version, people):
    people.editor.memberships.update(valid_to="2020-01-01")

    answer = editing.post(reverse("desk:procedure_withdraw", args=[version.procedure_id, 1]), {"reason": "Bãi bỏ"})

    assert answer.status_code == 403
    assert ProcedureVersion.objects.get().status == "published"


def test_statements_do_not_grow_with_the_catalogue(reading, version):
    page = reverse("desk:catalogue")
    reading.get(page)
    with CaptureQueriesContext(connection) as few:
        reading.get(page)
    for number in range(5):
        published(definition_of(code=f"1.00000{number}"))
    with CaptureQueriesContext(connection) as many:
        reading.get(page)

    assert len(many) == len(few) <= 12
