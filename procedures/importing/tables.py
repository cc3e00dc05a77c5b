"""The table of an internal process: which column says what, and rows that hold several roles and times."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from procedures.folding import fold
from procedures.importing.durations import is_time
from procedures.importing.people import looks_like_a_person


class Column(StrEnum):
    """What a column of the official table says."""

    NUMBER = "number"
    NAME = "name"
    WHO = "who"
    WORK = "work"
    OUTPUT = "output"
    FORMS = "forms"
    TIME = "time"
    KEY = "key"
    SERVICE = "service"


# Words of headings, folded; the first that fits a heading wins, so the longer ones stand first.
HEADINGS: tuple[tuple[str, Column], ...] = (
    ("ma buoc", Column.KEY),
    ("thu tu cong viec", Column.NUMBER),
    ("trach nhiem thuc hien", Column.WHO),
    ("don vi/ nguoi thuc hien", Column.WHO),
    ("don vi/nguoi thuc hien", Column.WHO),
    ("don vi thuc hien", Column.WHO),
    ("nguoi thuc hien", Column.WHO),
    ("trach nhiem", Column.WHO),
    ("noi dung cong viec", Column.WORK),
    ("noi dung", Column.WORK),
    ("trinh tu thuc hien", Column.NAME),
    ("ten buoc", Column.NAME),
    ("cac buoc", Column.NAME),
    ("san pham", Column.OUTPUT),
    ("ket qua", Column.OUTPUT),
    ("bieu mau", Column.FORMS),
    ("thoi gian", Column.TIME),
    ("thoi han", Column.TIME),
    ("dich vu cong", Column.SERVICE),
    ("muc do", Column.SERVICE),
    ("buoc", Column.NUMBER),
    ("tt", Column.NUMBER),
    ("stt", Column.NUMBER),
)
SERVICE_LEVELS = ("toan trinh", "mot phan", "truc tuyen")
SECTION = re.compile(r"^[IVX]{1,4}\.?$")
TEXTS = (Column.NAME, Column.WHO, Column.WORK, Column.OUTPUT)


@dataclass(frozen=True, slots=True)
class Piece:
    """One role with its time: a row of the table, or a part of one."""

    row: str
    part: int = 1
    parts: int = 1
    name: str = ""
    who: str = ""
    work: str = ""
    output: str = ""
    forms: str = ""
    time: str | None = None
    key: str = ""
    leftover: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """The row as people would say it: 2, or 2.1 for its first part."""
        return self.row if self.parts == 1 else f"{self.row}.{self.part}"


@dataclass(frozen=True, slots=True)
class ProcessTable:
    """A table as it stands in a decision, before anything is made of it.

    Attributes:
        title: name of the procedure, empty where the table does not say.
        pieces: what people do, in order.
        total: the words of the row with the total time.
        term: the words that give the legal limit, where they stand outside the table.
        codes: national codes named above the table.
        source: where the table comes from, for the report.
        sections: headings of sections found inside the table.
    """

    title: str
    pieces: tuple[Piece, ...]
    total: str = ""
    term: str = ""
    codes: tuple[str, ...] = ()
    decision: str = ""
    issuer: str = ""
    issued_on: str = ""
    level: str = ""
    field_name: str = ""
    source: str = ""
    heading: str = ""
    sections: tuple[str, ...] = field(default=())


def columns_in(heading: str) -> tuple[Column, ...]:
    """The columns of a table whose headings stand one after the other in a text; empty where there are none."""
    folded = f" {fold(heading)}"
    start = max(folded.rfind("thu tu cong viec"), folded.rfind(" tt trinh tu"), folded.rfind(" tt don vi"))
    if start < 0:
        return ()
    found: list[tuple[int, int, Column]] = []
    for words, column in HEADINGS:
        place = folded.find(words, start)
        if place >= 0 and not any(begin <= place < end for begin, end, _column in found):
            found.append((place, place + len(words), column))
    ordered = [column for _begin, _end, column in sorted(found)]
    return tuple(dict.fromkeys(column for column in ordered if column is not Column.NUMBER))


def column_of(heading: str) -> Column | None:
    """What the column of a spreadsheet with this heading says."""
    folded = fold(heading)
    for words, column in HEADINGS:
        if folded.startswith(words) or (len(words) > 4 and words in folded):
            return column
    return None


def guessed_columns(rows: Sequence[Sequence[str]]) -> tuple[Column, ...]:
    """The columns where no heading is known: by where the time stands; who is said in fewer words than what."""
    timed = [row for row in rows if any(map(is_time, row))]
    last = sum(is_time(row[-1]) for row in timed) * 2 >= len(timed)
    pairs = [row for row in rows if len(row) > 1 and not is_time(row[1])]
    first_is_shorter = sum(len(row[0]) for row in pairs) < sum(len(row[1]) for row in pairs)
    order = (Column.WHO, Column.WORK) if first_is_shorter else (Column.WORK, Column.WHO)
    return (*order, Column.TIME) if last else (*order, Column.TIME, Column.OUTPUT)


def split_row(number: str, cells: Sequence[str], columns: Sequence[Column]) -> tuple[list[Piece], list[str]]:
    """The pieces of one row, and headings of sections that slipped into it.

    A decision merges cells: one numbered row may hold several people with a time each, written one after the other.

    Args:
        number: the row's number.
        cells: its texts without the number.
        columns: what the columns of the table say, in order.

    Returns:
        One piece per role and time, and the headings of sections found behind them.
    """
    cells, sections = _without_sections([cell.strip() for cell in cells if cell.strip()])
    segments = _segments(cells, columns)
    pieces = [_piece(number, place, len(segments), segment, columns) for place, segment in enumerate(segments, 1)]
    return pieces, sections


def _without_sections(cells: list[str]) -> tuple[list[str], list[str]]:
    for place, cell in enumerate(cells):
        if SECTION.match(cell) and place > 0:
            return cells[:place], [" ".join(cells[place:])]
    return cells, []


def _segments(cells: list[str], columns: Sequence[Column]) -> list[list[str]]:
    """Cells cut behind every time; what follows the last time belongs to it where the table has columns there."""
    segments: list[list[str]] = [[]]
    behind = len(columns) - list(columns).index(Column.TIME) - 1 if Column.TIME in columns else 0
    for cell in cells:
        open_one = segments[-1]
        if open_one and any(map(is_time, open_one)):
            after = len(open_one) - next(place for place, text in enumerate(open_one) if is_time(text)) - 1
            if after >= behind and not _is_service(cell):
                segments.append([cell])
                continue
        open_one.append(cell)
    return segments


def _is_service(cell: str) -> bool:
    return fold(cell) in SERVICE_LEVELS


def _piece(number: str, part: int, parts: int, cells: list[str], columns: Sequence[Column]) -> Piece:
    leftover = tuple(cell for cell in cells if _is_service(cell))
    time = next((cell for cell in cells if is_time(cell)), None)
    own = [cell for cell in cells if not _is_service(cell)]
    at = own.index(time) if time is not None else len(own)
    before, after = own[:at], [cell for cell in own[at:] if cell is not time]
    early, late = _around_time(columns)
    if time is None:
        early, late = early + late, []
    values = _assigned(before, early, is_continued=part > 1) | _assigned(after, late, is_continued=False)
    extra = (*before[len(early) :], *after[len(late) :])
    return Piece(number, part, parts, time=time, leftover=leftover + extra, **values)


def _around_time(columns: Sequence[Column]) -> tuple[list[Column], list[Column]]:
    """The columns of texts before and behind the time."""
    at = list(columns).index(Column.TIME) if Column.TIME in columns else len(columns)
    before, after = columns[:at], columns[at:]
    return [column for column in before if column in TEXTS], [column for column in after if column in TEXTS]


def _assigned(texts: list[str], wanted: list[Column], *, is_continued: bool) -> dict[str, str]:
    """Which text says what; a continued row lacks the merged first cells, others may lack any."""
    if len(texts) >= len(wanted):
        return {column.value: text for column, text in zip(wanted, texts, strict=False)}
    if is_continued:
        wanted = wanted[1:] if wanted and wanted[0] is not Column.WHO else wanted
        return {column.value: text for column, text in zip(wanted, texts, strict=False)}
    return _fitted(texts, wanted)


def _fitted(texts: list[str], wanted: list[Column]) -> dict[str, str]:
    """Texts of a row with too few cells: somebody goes to who, the rest keeps its order."""
    values: dict[str, str] = {}
    left = [column for column in wanted if column is not Column.WHO]
    for text in texts:
        if Column.WHO in wanted and Column.WHO.value not in values and looks_like_a_person(text) and len(texts) > 1:
            values[Column.WHO.value] = text
        elif left:
            values[left.pop(0).value] = text
    return values
