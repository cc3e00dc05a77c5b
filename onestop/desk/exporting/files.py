"""A sheet as a CSV or XLSX file; what a spreadsheet would take for a formula stays text."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO

import xlsxwriter
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from onestop.desk.reading.watch_sheets import Sheet, Value

CSV, XLSX = "csv", "xlsx"
FORMS = (CSV, XLSX)
TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MARK = "\ufeff"  # tells spreadsheets that the file is UTF-8
FORMULA = re.compile(r"(^|[;,\t\r\n])(\s*[=+\-@＝＋－＠]|[\t\r\n])")  # also where a spreadsheet would begin a cell
NARROW, WIDE = 12, 34
LONGEST_NAME = 31


class Line:
    """A file of one line: what was written last."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        """Keep the line."""
        self.text = text
        return len(text)


def as_file(sheet: Sheet, form: str, name: str) -> HttpResponseBase:
    """The sheet as a download.

    Args:
        sheet: what stands in the file.
        form: csv or xlsx.
        name: the name of the file without its ending.
    """
    if form == CSV:
        answer: HttpResponseBase = StreamingHttpResponse(csv_lines(sheet), content_type=TYPES[CSV])
        answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return answer
    file = TemporaryFile()  # noqa: SIM115  # closed by the answer, after it was sent
    write_xlsx(sheet, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=TYPES[XLSX])


def csv_lines(sheet: Sheet) -> Iterator[str]:
    """The lines of a CSV file, one after another."""
    line = Line()
    writer = csv.writer(line)
    writer.writerow([harmless(header) for header in sheet.headers])
    yield MARK + line.text
    for row in sheet.rows:
        writer.writerow([harmless(value) for value in row])
        yield line.text


def harmless(value: Value) -> Value:
    """A text that a spreadsheet does not take for a formula."""
    return FORMULA.sub(r"\1'\2", value) if isinstance(value, str) else value


def write_xlsx(sheet: Sheet, file: IO[bytes]) -> None:
    """Write the sheet as a workbook, a row at a time."""
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    try:
        page = book.add_worksheet(sheet_name(sheet.name))
        head = book.add_format({"bold": True, "bottom": 1})
        page.freeze_panes(1, 0)
        page.set_column(0, 0, WIDE)
        page.set_column(1, max(len(sheet.headers) - 1, 1), NARROW)
        for column, header in enumerate(sheet.headers):
            page.write_string(0, column, header, head)
        for number, row in enumerate(sheet.rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    page.write_string(number, column, value)
                else:
                    page.write_number(number, column, value)
    finally:
        book.close()


def sheet_name(name: str) -> str:
    """A name that a workbook takes."""
    return "".join(letter for letter in name if letter not in "[]:*?/\\")[:LONGEST_NAME] or "1"
