"""One door for every kind of file: which reader takes it, and the drafts that come out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _
from pydantic import ValidationError

from procedures.definition import Definition
from procedures.exceptions import UnreadableDefinition
from procedures.importing.batch import drafts_from
from procedures.importing.bpmn import is_bpmn, read_bpmn
from procedures.importing.bpmn_diagram import Diagram
from procedures.importing.json_tables import read_json
from procedures.importing.report import Draft
from procedures.importing.spreadsheets import read_csv, read_xlsx
from procedures.importing.xml_tree import tree_of
from procedures.importing.yenbai import read_yenbai
from procedures.sentences import sentence_of

BaseOf = Callable[[str], Definition | None]
SUFFIXES = (".xlsx", ".csv", ".json", ".xml", ".bpmn")


def no_base(_code: str) -> Definition | None:
    """No procedure is known."""
    return None


def drafts_in(content: bytes, *, name: str, on: date, base_of: BaseOf = no_base) -> list[Draft]:
    """Read whatever the file holds.

    Args:
        content: the file.
        name: its name; the ending tells the kind.
        on: first day of validity where the file names no day.
        base_of: the present definition of a code, None where there is none.

    Raises:
        UnreadableDefinition: when the file cannot be read, with what to do.
    """
    try:
        return _drafts(content, name, on, base_of)
    except ValidationError as error:
        raise UnreadableDefinition(sentence_of(error.errors()[0]), source=name) from error


def _drafts(content: bytes, name: str, on: date, base_of: BaseOf) -> list[Draft]:
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    if suffix == ".xlsx":
        return drafts_from(read_xlsx(content, source=name), on=on, base_of=base_of)
    if suffix == ".csv":
        return drafts_from(read_csv(content, source=name), on=on, base_of=base_of)
    if suffix == ".json":
        return drafts_from(read_json(_text(content, name), source=name), on=on, base_of=base_of)
    if suffix in (".xml", ".bpmn"):
        return [_xml_draft(content, name, on, base_of)]
    sentence = _("Files of this kind cannot be imported. Possible are: %(kinds)s.")
    raise UnreadableDefinition(sentence % {"kinds": ", ".join(SUFFIXES)}, source=name)


def _xml_draft(content: bytes, name: str, on: date, base_of: BaseOf) -> Draft:
    root = tree_of(content, source=name)
    if is_bpmn(root):
        reference = str(Diagram(root, source=name).about.get("reference", ""))
        return read_bpmn(content, source=name, on=on, base=base_of(reference) if reference else None)
    return read_yenbai(content, source=name, on=on)


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig").replace("\0", "").replace("\\u0000", "")
    except UnicodeDecodeError as error:
        raise UnreadableDefinition(_("The file is not UTF-8 text. Save it as UTF-8."), source=name) from error
