"""The register as a PDF and as a spreadsheet: the same lines as on the screen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from io import BytesIO

from django.utils.translation import override
from xlsxwriter import Workbook

from offices.capacities import local_day
from onestop.desk import words
from onestop.desk.slips.content import RegisterBook, RegisterLine
from onestop.desk.slips.heading import letterhead
from onestop.desk.slips.printing import register_pdf
from sla.rulebook import rulebook_on
from workflows.models import LegalStatus, Slip, SlipKind
from workflows.services.registers import Volume, lines_of

CHANNELS = {"desk": "Trực tiếp", "post": "Bưu chính", "online": "Trực tuyến"}
HEADERS = (
    ("STT", 6),
    ("Mã hồ sơ", 24),
    ("Tên thủ tục", 44),
    ("Tổ chức, cá nhân", 28),
    ("Địa chỉ, điện thoại", 32),
    ("Cơ quan chủ trì", 30),
    ("Nhận hồ sơ", 17),
    ("Hẹn trả", 17),
    ("Trả kết quả", 17),
    ("Hình thức nộp", 14),
    ("Người nhận kết quả", 26),
)
BATCH = 500


def line_of(slip: Slip) -> RegisterLine:
    """One line, as the form has it."""
    dossier = slip.dossier
    given = dossier.submitter
    returned = dossier.closed_at if dossier.legal_status == LegalStatus.RETURNED else None
    return RegisterLine(
        number=slip.number,
        code=dossier.code,
        content=dossier.procedure.name,
        applicant=dossier.applicant_name,
        reach="; ".join(filter(None, [given.get("address", ""), given.get("phone", "")])),
        lead_office=dossier.handling_office.name,
        received=words.moment(slip.issued_at),
        due=words.moment(dossier.due_at) if dossier.due_at else "",
        returned=words.moment(returned) if returned else ended_as(dossier.legal_status),
        channel=CHANNELS[dossier.channel],
        signed=str(dossier.result.get("handed_to", "")),
    )


def ended_as(status: int) -> str:
    """What stands in place of the date where no result was handed over."""
    ends = {LegalStatus.WITHDRAWN: "rút hồ sơ", LegalStatus.STOPPED: "dừng, từ chối"}
    return ends.get(LegalStatus(status), "")


def all_lines(volume: Volume) -> Iterable[RegisterLine]:
    """Every line of a volume, read in batches."""
    return (line_of(slip) for slip in lines_of(volume).order_by("number").iterator(chunk_size=BATCH))


def as_pdf(volume: Volume, lines: Iterable[RegisterLine], *, at: datetime) -> bytes:
    """Print lines of a volume, in Vietnamese, under the name that the rulebook of its day gives the form."""
    day = local_day(volume.seal.closed_at if volume.seal else at)
    book = rulebook_on(local_day(volume.opened_at or at))
    form = book.form_for(SlipKind.REGISTER)
    seal = volume.seal
    with override("vi"):
        return register_pdf(
            RegisterBook(
                letterhead=letterhead(
                    volume.office,
                    day,
                    number="",
                    title=form.title if form else "Sổ theo dõi hồ sơ",
                    form=form.number if form else "",
                    forms_clause=book.forms_clause if form else "",
                ),
                code="",
                year=volume.year,
                volume=volume.number,
                lines=tuple(lines),
                opened=f"mở ngày {words.day(local_day(volume.opened_at))}" if volume.opened_at else "",
                closed=closed_words(volume) if seal else "chưa khóa",
                seal=seal.hash if seal else "",
            )
        )


def closed_words(volume: Volume) -> str:
    """When it was closed, by whom, from which number to which."""
    seal = volume.seal
    if seal is None:
        return ""
    day = words.day(local_day(seal.closed_at))
    return f"khóa ngày {day}, từ số {volume.first} đến số {volume.last}; người khóa: {seal.closed_by.full_name}"


def as_xlsx(volume: Volume, lines: Iterable[RegisterLine]) -> bytes:
    """The lines as a spreadsheet; text stays text, also where it begins like a formula."""
    written = BytesIO()
    with override("vi"), Workbook(written, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(f"Quyển {volume.number}-{volume.year}")
        bold = book.add_format({"bold": True, "text_wrap": True, "border": 1})
        plain = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
        sheet.freeze_panes(1, 2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.repeat_rows(0)
        for column, (header, width) in enumerate(HEADERS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, header, bold)
        for row, line in enumerate(lines, start=1):
            sheet.write_number(row, 0, line.number, plain)
            texts = (line.code, line.content, line.applicant, line.reach, line.lead_office)
            dates = (line.received, line.due, line.returned, line.channel, line.signed)
            for column, text in enumerate((*texts, *dates), start=1):
                sheet.write_string(row, column, text, plain)
    return written.getvalue()
