"""Tables that were taken out of decisions as JSON: one object per process, its rows as raw cells."""

from __future__ import annotations

import json
import re
from typing import Any

from django.utils.translation import gettext as _

from procedures.exceptions import UnreadableDefinition
from procedures.importing.tables import Piece, ProcessTable, columns_in, guessed_columns, split_row

MOST_ROWS = 300
TERM = re.compile(
    r"Thời (?:gian|hạn) giải quyết[^:.]{0,40}:\s*([^.\n]{3,60}?)(?=\s+TT\s|\s+Thứ tự|$|[.;])", re.IGNORECASE
)
SECTION_TERM = re.compile(r"\bI\.?\s+([^()]{5,80}\(\d+[^)]{3,30}\))\s*$")


def read_json(text: str, *, source: str = "") -> list[ProcessTable]:
    """Read processes: a list of objects with `decision`, `codes`, `steps` (`n`, `cells`) and `total`, or one of them.

    Raises:
        UnreadableDefinition: when the text is no such JSON.
    """
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        sentence = _("This is not valid JSON (%(problem)s).") % {"problem": error.msg}
        raise UnreadableDefinition(sentence, source=source, line=error.lineno) from error
    except RecursionError as error:
        raise UnreadableDefinition(_("The file is nested too deeply."), source=source) from error
    processes = data if isinstance(data, list) else [data]
    if not processes or not all(map(_is_process, processes)):
        raise UnreadableDefinition(_("Each process must be a group with a list of steps."), source=source)
    return [table_of(process, number, source) for number, process in enumerate(processes, start=1)]


def _is_process(process: Any) -> bool:
    """Whether a value is a group with rows, each a group with a list of cells."""
    rows = process.get("steps") if isinstance(process, dict) else None
    if not isinstance(rows, list) or not rows or len(rows) > MOST_ROWS:
        return False
    return all(isinstance(row, dict) and isinstance(row.get("cells"), list) and row["cells"] for row in rows)


def table_of(process: dict[str, Any], number: int, source: str = "") -> ProcessTable:
    """One process as a table; the raw cells are read, not what somebody made of them."""
    heading = str(process.get("heading") or "")
    rows = [(str(row.get("n", "")), [str(cell) for cell in row.get("cells", ())]) for row in process["steps"]]
    columns = columns_in(heading) or guessed_columns([cells for _number, cells in rows if cells])
    pieces: list[Piece] = []
    sections: list[str] = []
    for row, cells in rows:
        found, inside = split_row(row, cells, columns)
        pieces += found
        sections += inside
    return ProcessTable(
        title=str(process.get("name_guess") or ""),
        pieces=tuple(pieces),
        total=total_of(str(process.get("total") or "")),
        term=term_in(heading),
        codes=tuple(process.get("codes") or ()),
        decision=str(process.get("decision") or ""),
        issuer=str(process.get("province") or ""),
        issued_on=str(process.get("date") or ""),
        source=f"{source}#{number}",
        heading=heading,
        sections=tuple(sections),
    )


def total_of(text: str) -> str:
    """The words of the total: the row's own cells, without what follows the table."""
    cells = [cell.strip() for cell in text.split("|")]
    return " | ".join(cells[:2]) if len(cells) > 1 else text


def term_in(heading: str) -> str:
    """The legal limit as it stands above the table, empty where it does not."""
    found = TERM.findall(heading)
    if found:
        return str(found[-1])
    section = SECTION_TERM.search(heading)
    return section[1] if section else ""
