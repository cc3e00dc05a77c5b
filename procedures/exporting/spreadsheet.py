"""A definition as the official table of its internal process, in the layout that `importing.spreadsheets` reads."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal

import xlsxwriter

from procedures.definition import Channel, Definition, Level, ParallelSpec, StepRole, StepSpec, StepTime, Unit
from procedures.importing.durations import read_time
from procedures.importing.report import number_words

# The wording of the official table is Vietnamese whatever language the screen has: the file goes to other offices.
HEADINGS = (
    ("TT", 6),
    ("Trình tự thực hiện", 34),
    ("Trách nhiệm thực hiện", 30),
    ("Nội dung công việc", 60),
    ("Sản phẩm thực hiện", 34),
    ("Biểu mẫu", 12),
    ("Thời gian thực hiện", 20),
    ("Mã bước", 14),
)
WHO = {
    StepRole.CLERK: "Bộ phận Tiếp nhận và Trả kết quả",
    StepRole.DIVISION_HEAD: "Lãnh đạo phòng",
    StepRole.SPECIALIST: "Chuyên viên",
    StepRole.LEADER: "Lãnh đạo cơ quan",
    StepRole.REGISTRY: "Văn thư",
}
LEVELS = {Level.MINISTRY: "Cấp bộ", Level.PROVINCE: "Cấp tỉnh", Level.COMMUNE: "Cấp xã"}
CHANNELS = {Channel.DESK: "trực tiếp", Channel.POST: "bưu chính", Channel.ONLINE: "trực tuyến"}
UNITS = {
    Unit.WORKING_HOUR: "giờ làm việc",
    Unit.WORKING_DAY: "ngày làm việc",
    Unit.CALENDAR_DAY: "ngày theo lịch",
    Unit.MONTH: "tháng",
}
NOT_COUNTED = "Không tính thời gian"
TITLE = "Quy trình nội bộ giải quyết thủ tục hành chính"
FIRST_ROW = 11


def as_xlsx(spec: Definition) -> bytes:
    """The process as a workbook with one sheet.

    Args:
        spec: the definition, draft or published.

    Returns:
        An XLSX file: what identifies the procedure, the table, the total of the steps' hours.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Quy trình")
    bold = book.add_format({"bold": True})
    framed = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    head = book.add_format({"border": 1, "bold": True, "text_wrap": True, "bg_color": "#E7EEF7", "valign": "vcenter"})
    sheet.write_string(0, 0, TITLE, bold)
    for row, (label, value) in enumerate(facts_of(spec), start=1):
        sheet.write_string(row, 0, label, bold)
        sheet.write_string(row, 2, value)
    start = max(FIRST_ROW, len(facts_of(spec)) + 2)
    for column, (heading, width) in enumerate(HEADINGS):
        sheet.set_column(column, column, width)
        sheet.write_string(start, column, heading, head)
    rows = list(rows_of(spec))
    for place, texts in enumerate([*rows, total_row(spec)], start=start + 1):
        for column, text in enumerate(texts):
            sheet.write_string(place, column, text, framed)
    sheet.freeze_panes(start + 1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    book.close()
    return stream.getvalue()


def facts_of(spec: Definition) -> list[tuple[str, str]]:
    """What stands above the table."""
    facts = [
        ("Mã thủ tục", spec.code),
        ("Tên thủ tục", spec.name),
        ("Lĩnh vực", spec.field.name),
        ("Cấp thực hiện", LEVELS[spec.level]),
        ("Số quyết định", spec.decision.number),
    ]
    if spec.decision.issuer:
        facts.append(("Cơ quan ban hành", spec.decision.issuer))
    if spec.decision.issued_on:
        facts.append(("Ngày ban hành", f"{spec.decision.issued_on:%d/%m/%Y}"))
    for limit in spec.limits:
        channels = ", ".join(CHANNELS[channel] for channel in limit.channel)
        label = "Thời hạn giải quyết" if len(spec.limits) == 1 else f"Thời hạn giải quyết ({channels})"
        facts.append((label, f"{number_words(limit.amount)} {UNITS[limit.unit]}"))
    return facts


def rows_of(spec: Definition) -> Iterator[tuple[str, ...]]:
    """One row for each human step; steps of a parallel block are numbered below it."""
    number = 0
    for node in spec.steps:
        if isinstance(node, StepSpec):
            number += 1
            yield row_of(str(number), node)
        elif isinstance(node, ParallelSpec):
            number += 1
            for place, member in enumerate(node.parallel, start=1):
                yield row_of(f"{number}.{place}", member)


def row_of(number: str, step: StepSpec) -> tuple[str, ...]:
    """One row of the table."""
    who = WHO[step.role] if step.office is None else f"{WHO[step.role]} ({step.office})"
    return number, step.name, who, step.work, step.output, ", ".join(step.forms), time_of(step), step.key


def time_of(step: StepSpec) -> str:
    """The time of a step in the source's own words where they say the same, else in working hours."""
    if not isinstance(step.time, StepTime):
        return NOT_COUNTED if step.time else ""
    if step.time.text and read_time(step.time.text).hours == step.time.amount:
        return step.time.text
    return f"{number_words(step.time.amount)} giờ làm việc"


def total_row(spec: Definition) -> tuple[str, ...]:
    """The last row: the hours of all steps."""
    hours = sum((step.budget or Decimal(0) for step in spec.human_steps()), Decimal(0))
    return "", "Tổng thời gian các bước", "", "", "", "", f"{number_words(hours)} giờ làm việc", ""
