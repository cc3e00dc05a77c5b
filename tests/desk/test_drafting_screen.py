"""The editor's screen: kept as one types, checked at the place, compared, tried out, imported and exported."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from offices.models import Membership, User
from onestop.desk.reading.dry_run import dry_run
from onestop.desk.reading.version_changes import changes_between
from procedures.models import Procedure, ProcedureVersion
from procedures.reading import read_definition
from sla.calendars import timetable_for
from tests.procedures.samples import definition
from tests.workflows.conftest import SEVEN_STEPS, definition_of, moment

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def editing(desk_of, people):
    return desk_of(people.editor)


@pytest.fixture
def second(desk_of, people):
    nga = User.objects.create(username="nga", full_name="Vũ Thị Nga")
    held = Membership.objects.get(user=people.editor)
    Membership.objects.create(user=nga, office=held.office, role=held.role, valid_from=held.valid_from)
    return desk_of(nga)


@pytest.fixture
def drafted(editing, version):
    editing.post(reverse("desk:draft_begin", args=[version.procedure_id]))
    return version.procedure


def url(name, procedure, *more):
    return reverse(f"desk:{name}", args=[procedure.pk, *more])


def save(client, procedure, **places):
    return client.post(url("draft_save", procedure), places, **HTMX)


def places(answer):
    return [finding.place for finding in answer.context["page"].checked.findings]


def test_editor_writes_a_draft_and_another_publishes_it(editing, second, drafted):
    page = editing.get(url("draft", drafted))
    saved = save(editing, drafted, **{"name": "Tên mới", "steps[2].time": "7 ngày"})
    own = editing.post(url("procedure_publish", drafted), follow=True)
    before = drafted.versions.get(number=2).status

    second.post(url("procedure_publish", drafted))

    assert '<svg class="diagram"' in page.content.decode()
    assert (saved.status_code, saved.context["page"].sums["hours"]) == (200, "78")
    assert [message.level_tag for message in own.context["messages"]] == ["error"]
    fresh = drafted.versions.get(number=2)
    assert (before, fresh.status, fresh.published_by.username) == ("draft", "published", "nga")
    assert (fresh.spec.name, fresh.spec.step(SEVEN_STEPS[2]["key"]).budget) == ("Tên mới", 56)


def test_nothing_typed_is_lost_when_it_is_wrong(editing, drafted):
    answer = save(editing, drafted, **{"steps[1].time": "sớm nhất", "limits[0].amount": "mười"})
    page = editing.get(url("draft", drafted)).content.decode()

    assert places(answer) == ["limits[0].amount", "steps[1].time.amount"]
    assert 'value="sớm nhất"' in page and 'value="mười"' in page
    assert not answer.context["page"].is_drawn


def test_steps_over_the_limit_are_told_beside(editing, drafted):
    answer = save(editing, drafted, **{"steps[2].time": "20 ngày"})

    assert "limits[0]" in places(answer)
    assert answer.context["page"].sums["over"] != ""


def test_rows_are_added_and_removed_and_the_diagram_follows(editing, drafted):
    added = editing.post(url("draft_shape", drafted), {"shape": "below steps[2]"}, **HTMX)
    count = len(added.context["page"].boxes.steps())
    named = save(editing, drafted, **{"steps[3].name": "Lấy ý kiến", "steps[3].time": "½ ngày"})
    removed = editing.post(url("draft_shape", drafted), {"shape": "remove steps[3]"}, **HTMX)
    gone = editing.post(url("draft_shape", drafted), {"shape": "remove steps[77]"}, **HTMX)
    wrong = [
        editing.post(url("draft_shape", drafted), {"shape": shape}, **HTMX).status_code
        for shape in ("", "below", "below x", "add x", "up steps", "down [", "remove steps[²]", "below steps")
    ]

    assert count == 8
    assert "Lấy ý kiến" in named.context["page"].diagram
    assert "Lấy ý kiến" not in removed.context["page"].diagram
    assert gone.status_code == 409
    assert wrong == [409] * 7 + [200]


def test_text_that_is_no_definition_stays_in_its_box(editing, drafted):
    answer = editing.post(url("draft_write", drafted), {"yaml": "code: [mở\nname: Viết dở"})

    assert answer.status_code == 422
    assert "Viết dở" in answer.content.decode()
    assert drafted.versions.get(number=2).spec.name == drafted.name


def test_discarded_draft_is_gone(editing, drafted):
    editing.post(url("draft_discard", drafted))

    assert [version.number for version in drafted.versions.all()] == [1]
    assert editing.get(url("draft", drafted)).status_code == 302


def test_what_changed_is_said_in_words(editing, drafted):
    save(editing, drafted, **{"steps[2].time": "6 ngày", "steps[2].role": "leader", "valid_from": "2027-01-01"})
    editing.post(url("draft_shape", drafted), {"shape": "remove steps[6]"})

    parts = editing.get(url("procedure_compare", drafted)).context["parts"]

    rows = {(part.title, row.kind, row.title) for part in parts for row in part.rows}
    lines = {(line.label, line.before, line.after) for part in parts for row in part.rows for line in row.lines}
    assert ("Các bước", "removed", drafted.versions.get(number=1).spec.human_steps()[6].title) in rows
    assert ("Người thực hiện", "Chuyên viên", "Lãnh đạo cơ quan") in lines
    assert ("Thời gian", "58 giờ làm việc", "6 ngày") in lines
    assert "01/01/2027" in {after for _label, _before, after in lines}


def test_equal_versions_have_no_changes_and_others_keep_what_has_no_box():
    one = definition()
    other = definition(payment={"effect": "resume", "clause": "Điều 1"}, sources=["Nguồn"])

    assert changes_between(one, one) == []
    assert changes_between(one, other)[0].rows


def test_file_on_paper_is_due_when_a_real_one_would_be(editing, version):
    page = editing.get(url("procedure_dry_run", version.procedure), {"received": "2026-03-02T08:00", "channel": "desk"})
    run = page.context["run"]

    assert (run.received_at, run.due_at) == (moment(2, 8), moment(16, 17))
    assert [step.opens_at for step in run.steps][1:] == [step.due_at for step in run.steps][:-1]
    assert (run.ends_at, run.is_late) == (run.steps[5].due_at, False)


def test_steps_that_take_too_long_make_a_late_file_on_paper(version):
    steps = [SEVEN_STEPS[0], SEVEN_STEPS[1], {**SEVEN_STEPS[2], "time": {"amount": 70}}, *SEVEN_STEPS[3:]]

    run = dry_run(definition_of(steps=steps), channel="desk", timetable=timetable_for(), at=moment(2, 8))

    assert run.is_late
    assert [step.is_late for step in run.steps][-2:] == [True, False]


@pytest.mark.parametrize("received", ["", "gestern", "2026-13-01T08:00", "2999-01-01T08:00"])
def test_moment_that_cannot_be_is_answered_in_words(editing, version, received):
    page = editing.get(url("procedure_dry_run", version.procedure), {"received": received, "channel": "desk"})

    assert page.status_code == 200
    assert received == "" or page.context["form"].errors


def test_version_leaves_as_yaml_xlsx_and_bpmn(editing, version):
    files = {form: editing.get(url("process_export", version.procedure, 1, form)) for form in ("yaml", "xlsx", "bpmn")}

    assert read_definition(files["yaml"].content.decode()) == version.spec
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"].content))
    assert version.spec.code in [cell.value for cell in book.active["C"]]
    assert b"bpmndi:BPMNShape" in files["bpmn"].content
    assert all("attachment" in answer["Content-Disposition"] for answer in files.values())
    assert editing.get(url("process_export", version.procedure, 1, "exe")).status_code == 404


def upload(client, name, content, **more):
    return client.post(reverse("desk:process_import"), {"file": SimpleUploadedFile(name, content), **more})


TABLE = (
    "Mã thủ tục,NA.THU-1\nTên thủ tục,Cấp lại thử\nThời hạn giải quyết,1 ngày làm việc\n"
    "TT,Người thực hiện,Nội dung công việc,Thời gian\n1,Bộ phận một cửa,Nhận,½ ngày\n2,Chuyên viên,Làm,1 ngày\n"
    "3,Bộ phận một cửa,Trả,Giờ hành chính\n"
)


def test_imported_table_is_reported_and_kept_only_if_asked(editing, people):
    looked = upload(editing, "bảng.csv", TABLE.encode())
    count = Procedure.objects.filter(code="NA.THU-1").count()
    kept = upload(editing, "bảng.csv", TABLE.encode(), keep="on")

    version = ProcedureVersion.objects.get(procedure__code="NA.THU-1")
    assert (looked.context["over"], count) == (1, 0)
    assert "vượt thời hạn" in looked.content.decode()
    assert (kept.context["kept"], version.status, list(version.authors.all())) == (True, "draft", [people.editor])
    assert "1,5" in editing.get(url("draft", version.procedure)).content.decode()


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", b"nothing\n"), ("a.xlsx", b"PK"), ("a.xml", b"<!DOCTYPE a><a/>"), ("a.exe", b"MZ"), ("a.json", b"[]x")],
)
def test_file_that_cannot_be_read_is_refused_beside_its_field(editing, name, content):
    answer = upload(editing, name, content, keep="on")

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["file"])
    assert not Procedure.objects.exists()
