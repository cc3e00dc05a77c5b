"""Spreadsheets laid out like the official table of an internal process: XLSX and CSV.

A sheet may begin with lines such as "Mã thủ tục | 1.005144"; then come the headings (TT, trình tự, trách nhiệm,
nội dung, sản phẩm, thời gian, in any order) and the rows, up to "Tổng thời gian". Merged cells come as empty ones:
a row without a number belongs to the row above it. A sheet may hold several tables, a file several sheets.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from zipfile import BadZipFile, ZipFile

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from procedures.exceptions import UnreadableDefinition
from procedures.folding import fold
from procedures.importing.durations import is_time
from procedures.importing.tables import Column, Piece, ProcessTable, column_of

MOST_BYTES = 5_000_000
MOST_ROWS = 5_000
MOST_COLUMNS = 40
HEAD: tuple[tuple[str, str], ...] = (
    ("ma thu tuc", "codes"),
    ("ma tthc", "codes"),
    ("ten thu tuc", "title"),
    ("linh vuc", "field_name"),
    ("cap thuc hien", "level"),
    ("so quyet dinh", "decision"),
    ("quyet dinh", "decision"),
    ("co quan ban hanh", "issuer"),
    ("ngay ban hanh", "issued_on"),
    ("thoi han giai quyet", "term"),
    ("thoi gian giai quyet", "term"),
)
TOTALS = ("tong thoi gian", "tong cong", "tong so")
Row = list[str]


def read_xlsx(content: bytes, *, source: str = "") -> list[ProcessTable]:
    """Read all tables of a workbook; formulas count as the values they had when it was saved.

    Raises:
        UnreadableDefinition: when it is no workbook, too large, or holds no such table.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableDefinition(_("The file is too large for a table of a process."), source=source)
    try:
        _refuse_bombs(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheets = [(sheet.title, _rows_of(sheet)) for sheet in book.worksheets]
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, SyntaxError, TypeError) as error:
        sentence = _("This is not a workbook that can be read. Save it as XLSX.")
        raise UnreadableDefinition(sentence, source=source) from error
    return _some([table for title, rows in sheets for table in tables_in(rows, f"{source}#{title}")], source)


def read_csv(content: bytes, *, source: str = "") -> list[ProcessTable]:
    """Read all tables of a CSV file, with commas, semicolons or tabs between its cells.

    Raises:
        UnreadableDefinition: when it is not UTF-8 text, too large, or holds no such table.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableDefinition(_("The file is too large for a table of a process."), source=source)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableDefinition(_("The file is not UTF-8 text. Save it as UTF-8."), source=source) from error
    delimiter = max(",;\t", key=text.count)
    lines = csv.reader(io.StringIO(text.replace("\0", "")), delimiter=delimiter)
    try:
        rows = [[cell.strip() for cell in row[:MOST_COLUMNS]] for row in lines]
    except csv.Error as error:
        raise UnreadableDefinition(
            _("This is not valid CSV (%(problem)s).") % {"problem": error}, source=source
        ) from error
    return _some(tables_in(rows[:MOST_ROWS], source), source)


def _refuse_bombs(content: bytes) -> None:
    """A small file may unpack to more than any table has.

    Raises:
        ValueError: when it does.
    """
    with ZipFile(io.BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > MOST_BYTES * 10:
            raise ValueError


def _some(tables: list[ProcessTable], source: str) -> list[ProcessTable]:
    if not tables:
        sentence = _(
            "No table of a process was found: a row of headings with who, what and time (for example TT, Trách nhiệm "
            "thực hiện, Nội dung công việc, Thời gian thực hiện) is needed."
        )
        raise UnreadableDefinition(sentence, source=source)
    return tables


def _rows_of(sheet: Any) -> list[Row]:
    found = sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True)
    return [[cell_text(value) for value in row] for row in found]


def cell_text(value: Any) -> str:
    """What a cell shows: numbers as Vietnamese write them, days as 31/12/2025."""
    if value is None:
        return ""
    if hasattr(value, "strftime"):
        return str(value.strftime("%d/%m/%Y"))
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    return str(value).replace("\0", "").strip()


def tables_in(rows: Sequence[Row], source: str) -> list[ProcessTable]:
    """The tables of one sheet, each from its headings to its total or the next headings."""
    starts = [place for place, row in enumerate(rows) if _headings(row)]
    tables, above = [], 0
    for place, start in enumerate(starts):
        stop = starts[place + 1] if place + 1 < len(starts) else len(rows)
        table, end = _table(rows, start, stop)
        name = source if len(starts) == 1 else f"{source}#{place + 1}"
        tables.append(replace(table, source=name, **head_in(rows[above:start])))
        above = end
    return tables


def _headings(row: Row) -> dict[int, Column]:
    """What each column says, where the row is one of headings; else empty."""
    found: dict[int, Column] = {}
    for place, cell in enumerate(row):
        column = column_of(cell) if cell and len(cell) < 120 else None
        if column is not None and column not in found.values():
            found[place] = column
    kinds = set(found.values())
    return found if Column.TIME in kinds and kinds & {Column.WHO, Column.WORK, Column.NAME} and len(found) > 2 else {}


def head_in(rows: Sequence[Row]) -> dict[str, Any]:
    """What stands above a table: a label in one cell, its value in the next or behind a colon."""
    found: dict[str, Any] = {}
    for row in rows:
        cells = [cell for cell in row if cell]
        if not cells:
            continue
        label, _colon, behind = cells[0].partition(":")
        value = behind.strip() or (cells[1] if len(cells) > 1 else "")
        name = next((name for words, name in HEAD if fold(label).startswith(words)), None)
        if name and value:
            found.setdefault(name, (value,) if name == "codes" else value)
    return found


def _table(rows: Sequence[Row], start: int, stop: int) -> tuple[ProcessTable, int]:
    """The table below a row of headings, and where it ends."""
    columns = _headings(rows[start])
    unit = unit_in(rows[start], columns)
    pieces: list[Piece] = []
    for place in range(start + 1, stop):
        cells = [cell for cell in rows[place] if cell]
        if cells and fold(cells[0]).startswith(TOTALS):
            words = next((cell for cell in cells[1:] if re.search(r"\d", cell)), "")
            return ProcessTable("", numbered(pieces), total=f"{cells[0]} | {words}" if words else cells[0]), place + 1
        if cells:
            _add(pieces, {column: _cell(rows[place], at) for at, column in columns.items()}, unit)
    return ProcessTable("", numbered(pieces)), stop


def unit_in(headings: Row, columns: dict[int, Column]) -> str:
    """The unit that the heading of the times gives for bare numbers: "ngày", "giờ", or none."""
    heading = next((headings[place] for place, column in columns.items() if column is Column.TIME), "")
    found = re.search(r"\(\s*(ngay|gio)", fold(heading))
    return {"ngay": "ngày", "gio": "giờ"}[found[1]] if found else ""


def _cell(row: Row, place: int) -> str:
    return row[place] if place < len(row) else ""


def _add(pieces: list[Piece], cells: dict[Column, str], unit: str) -> None:
    """Add the pieces of one row of a sheet."""
    number = cells.get(Column.NUMBER, "").rstrip(".")
    if not number and pieces and not cells.get(Column.WHO) and not cells.get(Column.TIME):
        pieces[-1] = _continued(pieces[-1], cells)
        return
    row = number or (pieces[-1].row if pieces else "1")
    pieces += [_piece(row, values, unit) for values in lines_of(cells)]


def _continued(piece: Piece, cells: dict[Column, str]) -> Piece:
    """The piece above, with text that goes on in the next row."""
    work = "\n".join(text for text in (piece.work, cells.get(Column.WORK, "") or cells.get(Column.NAME, "")) if text)
    output = "\n".join(text for text in (piece.output, cells.get(Column.OUTPUT, "")) if text)
    return replace(piece, work=work, output=output)


def lines_of(cells: dict[Column, str]) -> Iterator[dict[Column, str]]:
    """A row whose cells hold one line for each person is cut into lines; others stay whole."""
    times = [line.strip() for line in cells.get(Column.TIME, "").splitlines() if line.strip()]
    people = [line.strip() for line in cells.get(Column.WHO, "").splitlines() if line.strip()]
    if len(times) < 2 or len(times) != len(people) or not all(map(is_time, times)):
        yield cells
        return
    for place, (who, time) in enumerate(zip(people, times, strict=True)):
        line = dict(cells) if place == 0 else {}
        for column in (Column.WORK, Column.OUTPUT):
            texts = [text.strip() for text in cells.get(column, "").splitlines() if text.strip()]
            if len(texts) == len(times):
                line[column] = texts[place]
        yield line | {Column.WHO: who, Column.TIME: time}


def _piece(row: str, cells: dict[Column, str], unit: str) -> Piece:
    time = cells.get(Column.TIME, "")
    if unit and re.fullmatch(r"\d+([.,/]\d+)?", time):
        time = f"{time} {unit}"
    return Piece(
        row,
        name=cells.get(Column.NAME, ""),
        who=cells.get(Column.WHO, ""),
        work=cells.get(Column.WORK, ""),
        output=cells.get(Column.OUTPUT, ""),
        forms=cells.get(Column.FORMS, ""),
        time=time or None,
        key=cells.get(Column.KEY, "").strip() if re.fullmatch(r"[a-z][a-z0-9_]*", cells.get(Column.KEY, "")) else "",
    )


def numbered(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Pieces that follow each other under one number become the parts of that row."""
    runs: list[list[Piece]] = []
    for piece in pieces:
        if runs and runs[-1][0].row == piece.row and not piece.key:
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return tuple(replace(piece, part=place, parts=len(run)) for run in runs for place, piece in enumerate(run, start=1))
