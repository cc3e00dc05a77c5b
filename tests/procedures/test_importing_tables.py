"""Tables of internal processes: times as people write them, rows that hold several people, and the report."""

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from procedures.exceptions import UnreadableDefinition
from procedures.importing.batch import drafts_from
from procedures.importing.durations import read_term, read_time
from procedures.importing.files import drafts_in
from procedures.importing.json_tables import read_json
from procedures.importing.people import actor_in
from procedures.importing.report import Kind
from procedures.importing.spreadsheets import read_csv, tables_in
from procedures.lint import lint
from procedures.services import import_definitions
from tests.procedures.samples import NOW

SHARED = Path(__file__).parents[3] / "shared" / "data" / "internal-processes"
DAY = date(2026, 1, 1)

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="The collected decisions (../shared/data/internal-processes) are not here."
)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("½ ngày", "4"),
        ("1/4 ngày", "2"),
        ("1½ ngày", "12"),
        ("0,5 ngày làm việc", "4"),
        ("0.25 ngày", "2"),
        ("1,5 ngày", "12"),
        ("04 giờ làm việc", "4"),
        ("30 phút", "0.5"),
        ("01 buổi", "4"),
        ("nửa ngày", "4"),
        ("hai ngày làm việc", "16"),
        ("01 ngày 04 giờ", "12"),
        ("2-3 ngày", "24"),
        ("từ 01 đến 02 ngày làm việc", "16"),
        ("Không quá 07 ngày", "56"),
        ("80 giờ làm việc (tương đương 10 ngày làm việc)", "80"),
        ("trong ngày", "8"),
    ],
)
def test_time_of_a_step_becomes_working_hours(text, hours):
    reading = read_time(text)

    assert (reading.hours, reading.is_understood, reading.text) == (Decimal(hours), True, text)


@pytest.mark.parametrize("text", ["Giờ hành chính", "Không tính thời gian", "Theo lịch hẹn trả", "0 ngày"])
def test_words_for_no_time_are_understood_as_such(text):
    assert (read_time(text).hours, read_time(text).is_understood) == (None, True)


@pytest.mark.parametrize("text", ["sớm nhất có thể", "", "ngày", "2 tháng"])
def test_what_is_no_budget_is_not_guessed(text):
    assert (read_time(text).hours, read_time(text).is_understood) == (None, False)


def test_range_and_sum_and_rounding_are_told():
    assert len(read_time("2-3 ngày").notes) == 1
    assert len(read_time("01 ngày 04 giờ").notes) == 1
    assert (read_time("20 phút").hours, len(read_time("20 phút").notes)) == (Decimal("0.35"), 1)


def test_legal_limit_keeps_its_own_unit():
    both = read_term("80 giờ làm việc (tương đương 10 ngày làm việc) kể từ ngày nhận")
    bare = read_term("Không quá 17 ngày kể từ ngày nhận được hồ sơ hợp lệ.")
    several = read_term("Không quá 28 ngày; đăng tải trong 05 ngày làm việc")

    assert (both.amount, both.unit.value, both.notes) == (10, "working_day", ())
    assert (bare.amount, bare.unit.value, len(bare.notes)) == (17, "working_day", 1)
    assert (several.amount, len(several.notes)) == (28, 1)
    assert read_term("02 tháng").unit.value == "month"
    assert read_term("chưa quy định") is None


@pytest.mark.parametrize(
    ("who", "role"),
    [
        ("Công chức, viên chức tại Trung tâm Phục vụ Hành chính công tỉnh", "clerk"),
        ("Bộ phận tiếp nhận và trả kết quả của nhà trường", "clerk"),
        ("Lãnh đạo Phòng chuyên môn được giao xử lý", "division_head"),
        ("Trưởng Phòng Đấu thầu", "division_head"),
        ("Viên chức Phòng chuyên môn được giao xử lý", "specialist"),
        ("Chuyên viên Văn phòng UBND tỉnh", "specialist"),
        ("Lãnh đạo UBND cấp xã phụ trách lĩnh vực", "leader"),
        ("UBND tỉnh", "leader"),
        ("Bộ phận văn thư nhà trường", "registry"),
        ("Văn thư Văn phòng UBND tỉnh", "registry"),
    ],
)
def test_words_of_a_table_name_a_role(who, role):
    assert (actor_in(who).role.value, actor_in(who).is_known) == (role, True)


def test_several_roles_in_one_cell_are_seen():
    actor = actor_in("Lãnh đạo Sở được phân công/Văn thư")

    assert (actor.role.value, [role.value for role in actor.others]) == ("leader", ["registry"])


HEADING = ["TT", "Trình tự thực hiện", "Trách nhiệm thực hiện", "Nội dung", "Sản phẩm", "Thời gian thực hiện"]
SHEET = [
    ["Mã thủ tục", "NA.THU-1"],
    ["Tên thủ tục: Cấp lại giấy chứng nhận thử"],
    ["Thời hạn giải quyết", "03 ngày làm việc"],
    HEADING,
    ["B1", "Tiếp nhận", "Bộ phận một cửa", "Nhận hồ sơ, lập giấy tiếp nhận", "Hồ sơ", "½ ngày"],
    ["B2", "Thẩm định", "Lãnh đạo phòng", "Phân công", "Ý kiến", "¼ ngày"],
    ["", "", "Chuyên viên", "Thẩm định hồ sơ", "Dự thảo", "1,5 ngày"],
    ["", "", "", "Lưu ý: lấy ý kiến nếu cần", "", ""],
    ["", "", "Lãnh đạo phòng", "Xem xét; không đồng ý thì chuyển lại bước B2", "Ý kiến", "¼ ngày"],
    ["B3", "Ký, phát hành", "Lãnh đạo Sở\nVăn thư", "Ký\nĐóng dấu", "Quyết định", "½ ngày\n½ ngày"],
    ["B4", "Trả kết quả", "Bộ phận một cửa", "Trả", "", "Giờ hành chính"],
    ["Tổng thời gian thực hiện", "", "", "", "", "03 ngày"],
]


def draft_of(rows):
    return drafts_from(tables_in(rows, "bảng.xlsx"), on=DAY)[0]


def test_rows_with_several_people_and_times_are_split():
    draft = draft_of(SHEET)
    steps = draft.spec.human_steps()

    assert [(step.key, step.role.value, step.budget) for step in steps] == [
        ("receive", "clerk", 4),
        ("assign", "division_head", 2),
        ("handle", "specialist", 12),
        ("review", "division_head", 2),
        ("sign", "leader", 4),
        ("number", "registry", 4),
        ("return", "clerk", None),
    ]
    assert [remark.place for remark in draft.of_kind(Kind.SPLIT)] == ["B2", "B3"]
    assert steps[2].work == "Thẩm định hồ sơ\nLưu ý: lấy ý kiến nếu cần"
    assert (steps[4].work, steps[5].work) == ("Ký", "Đóng dấu")
    assert steps[0].time.text == "½ ngày"


def test_half_a_day_too_many_is_named():
    draft = draft_of(SHEET)

    assert (draft.planned, draft.allowed, draft.over) == (28, 24, 4)
    assert "3,5" in draft.of_kind(Kind.SUM)[0].sentence
    assert "0,5" in draft.of_kind(Kind.SUM)[0].sentence
    assert "P034" in {finding.code for finding in lint(draft.spec)}


def test_way_back_of_a_table_becomes_an_outcome():
    rows = [list(row) for row in SHEET]
    rows[8][3] = "Xem xét; không đồng ý: chuyển lại bước 2"
    for row in rows[4:11]:
        row[0] = row[0].removeprefix("B")

    review = draft_of(rows).spec.step("review")

    assert review.outcomes == {"forward": "sign", "send_back": "assign"}


def test_head_of_a_sheet_names_the_procedure():
    spec = draft_of(SHEET).spec

    assert (spec.code, spec.name) == ("NA.THU-1", "Cấp lại giấy chứng nhận thử")
    assert (spec.limits[0].amount, spec.limits[0].unit.value) == (3, "working_day")


def test_bare_numbers_take_the_unit_of_the_heading():
    rows = [["TT", "Người thực hiện", "Nội dung công việc", "Thời gian (ngày)"], ["1", "Một cửa", "Nhận", "0,5"]]

    assert draft_of(rows).spec.human_steps()[0].budget == 4


def test_csv_is_read_whatever_stands_between_its_cells():
    text = "TT;Người thực hiện;Nội dung công việc;Thời gian\n1;Bộ phận một cửa;Nhận;½ ngày\n2;Chuyên viên;Làm;2 ngày\n"

    pieces = read_csv(("\ufeff" + text).encode())[0].pieces

    assert [(piece.who, piece.time) for piece in pieces] == [("Bộ phận một cửa", "½ ngày"), ("Chuyên viên", "2 ngày")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", b"PK\x03\x04 not a book"),
        ("a.xlsx", b""),
        ("a.csv", b"\xff\xfe\x00"),
        ("a.csv", b"no,table,here\n1,2,3\n"),
        ("a.json", b"{"),
        ("a.json", b'[{"steps": 3}]'),
        ("a.json", b"[]"),
        ("a.json", b'[{"steps": [{"n": 1, "cells": []}]}]'),
        ("a.json", b"[" * 100_000),
        ("a.json", '[{"codes": ["NA.thu"], "steps": [{"n": 1, "cells": ["a", "b", "1 ngày"]}]}]'.encode()),
        ("a.csv", "TT,Người thực hiện,Nội dung công việc,Thời gian\n1,Một cửa,x,99999999999 ngày\n".encode()),
        ("a.exe", b"MZ"),
        ("a", b""),
    ],
)
def test_file_that_cannot_be_read_is_refused_in_words(name, content):
    with pytest.raises(UnreadableDefinition) as refusal:
        drafts_in(content, name=name, on=DAY)

    assert refusal.value.sentence.endswith((".", ").")) and refusal.value.source == name


MERGED = {
    "decision": "1/QĐ-UBND",
    "province": "Tỉnh Thử",
    "date": "21/11/2025",
    "heading": "TT Trình tự thực hiện Trách nhiệm thực hiện Sản phẩm thực hiện Thời gian thực hiện",
    "name_guess": "Cấp mới",
    "total": "Tổng thời gian thực hiện | 02 ngày | 2. Cấp lại",
    "codes": [],
    "steps": [
        {"n": 1, "cells": ["Tiếp nhận", "Bộ phận tiếp nhận và trả kết quả", "Hồ sơ", "1/4 ngày"]},
        {
            "n": 2,
            "cells": [
                "Xử lý",
                "Lãnh đạo Phòng phân công",
                "Ý kiến",
                "1/4 ngày",
                "Chuyên viên thụ lý",
                "Dự thảo",
                "01 ngày",
                "Lãnh đạo phòng xem xét",
            ],
        },
        {"n": 3, "cells": ["Phê duyệt", "Lãnh đạo Sở", "Quyết định", "1/4 ngày"]},
    ],
}


def with_one_day_more():
    steps = [dict(step) for step in MERGED["steps"]]
    steps[1] = {"n": 2, "cells": [cell if cell != "01 ngày" else "1,5 ngày" for cell in steps[1]["cells"]]}
    return MERGED | {"name_guess": "Cấp lại", "steps": steps}


def test_time_that_got_lost_is_what_the_total_leaves_for_it():
    first, second = drafts_from(read_json(json.dumps([MERGED, with_one_day_more()])), on=DAY)

    assert (first.planned, first.over) == (16, 0)
    assert (second.planned, second.over) == (20, 4)
    assert [draft.spec.step("review").assumed for draft in (first, second)] == [True, True]
    assert [[remark.place for remark in draft.of_kind(Kind.ASSUMED)] for draft in (first, second)] == [["2.3"], ["2.3"]]


def test_time_that_nothing_tells_stays_open():
    draft = drafts_from(read_json(json.dumps(with_one_day_more())), on=DAY)[0]

    assert draft.spec.step("review").time is None
    assert "P030" in {finding.code for finding in lint(draft.spec)}


@needs_shared
@pytest.mark.django_db
def test_all_collected_processes_go_through_and_each_has_its_report():
    text = (SHARED / "processes.json").read_text(encoding="utf-8")
    drafts = drafts_from(read_json(text, source="processes.json"), on=DAY)

    import_definitions(specs=[draft.spec for draft in drafts], at=NOW)

    assert len(drafts) == 43
    assert all(draft.remarks for draft in drafts)
    assert [number for number, draft in enumerate(drafts, 1) if draft.of_kind(Kind.SPLIT)] == [42, 43]
    over = {number: draft.over / 8 for number, draft in enumerate(drafts, 1) if draft.over}
    assert over == {37: 15, 38: 5, 39: 7, 40: 7, 43: Decimal("0.5")}
    assert [len(drafts[place].spec.steps) for place in (41, 42)] == [9, 9]
    last = drafts[42]
    assert (last.spec.decision.number, last.planned, last.allowed) == ("2969/QĐ-UBND", 28, 24)


@needs_shared
def test_decision_with_half_a_day_too_many_is_found_in_its_own_cells():
    text = (SHARED / "son-la-2969.md").read_text(encoding="utf-8")
    table = text[text.rindex("Trình tự thực hiện") : text.rindex("**Tổng thời gian thực hiện**")]
    cells = [" ".join(cell.split()) for cell in re.split(r"^\|$", table, flags=re.MULTILINE)]
    rows: list[dict] = []
    for cell in filter(None, cells):
        if re.fullmatch(r"B\d", cell):
            rows.append({"n": cell, "cells": []})
        elif rows:
            rows[-1]["cells"].append(cell)
    process = {"heading": MERGED["heading"], "total": "Tổng thời gian | 03 ngày", "steps": rows}

    draft = drafts_from(read_json(json.dumps(process)), on=DAY)[0]

    assert [step.budget for step in draft.spec.human_steps()] == [2, 2, 12, 2, 2, 2, 2, 2, 2]
    assert (draft.planned, draft.allowed, draft.over) == (28, 24, 4)
    assert not any(step.assumed for step in draft.spec.human_steps() if step.key == "review")
