"""Messages for people: found in code and templates, compared with the catalogue, compiled.

Django's own makemessages needs GNU gettext; Babel and Django's template lexer do the same here without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGES = ("offices", "procedures", "sla", "workflows", "hall", "onestop")
KEYWORDS: dict[str, tuple[object, ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = "Vietnamese words of the one-stop desk."
BORROWED = "borrowed"
DATED = tuple(
    f'"{name}'
    for name in (
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Last-Translator",
        "Report-Msgid",
        "Language-Team",
        "Generated-By",
    )
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")

Key = tuple[object, str | None]


@dataclass(frozen=True, slots=True)
class Gap:
    """A message that a reader of Vietnamese would see in English, or a translation that would break."""

    kind: str  # missing, untranslated, placeholders, unused
    text: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.text!r}" + (f" ({self.place})" if self.place else "")


def sources(root: Path) -> Iterator[Path]:
    """Every python file and template of the project, in a steady order."""
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*")):
            if path.suffix in {".py", ".html", ".txt", ".svg"} and _speaks(path):
                yield path


def extracted(root: Path) -> Catalog:
    """Collect every message of code and templates under `root`."""
    catalog = Catalog(locale="vi", charset="utf-8")
    for path in sources(root):
        for line, text, context in _messages_in(path):
            catalog.add(text, locations=[(str(path.relative_to(root)), line)], context=context)
    return catalog


def read_catalogue(path: Path) -> Catalog:
    """Read a .po file."""
    with path.open("rb") as file:
        return read_po(file, locale="vi")


def gaps(found: Catalog, translated: Catalog) -> list[Gap]:
    """Compare what the program says with what the catalogue knows."""
    known = {_key(message): message for message in translated if message.id}
    wanted = {_key(message): message for message in found if message.id}
    missing = [Gap("missing", _text(m), _place(m)) for key, m in wanted.items() if key not in known]
    empty = [Gap("untranslated", _text(m)) for m in known.values() if not _is_translated(m)]
    broken = [Gap("placeholders", _text(m)) for m in known.values() if _is_translated(m) and not _keeps_placeholders(m)]
    unused = [
        Gap("unused", _text(m))
        for key, m in known.items()
        if key not in wanted and BORROWED not in m.auto_comments + m.user_comments
    ]
    return missing + empty + broken + unused


def renewed(found: Catalog, translated: Catalog) -> Catalog:
    """The catalogue with new messages added empty, unused ones left out, translations kept."""
    known = {_key(message): message for message in translated if message.id}
    catalog = Catalog(
        locale="vi", charset="utf-8", fuzzy=False, header_comment=f"# {HEADER}", project="onestop", version="1"
    )
    for message in sorted((m for m in found if m.id), key=_sort_key):
        old = known.get(_key(message))
        catalog.add(message.id, old.string if old else "", context=message.context)
    for message in sorted((m for m in known.values() if BORROWED in m.user_comments), key=_sort_key):
        catalog.add(message.id, message.string, context=message.context, user_comments=[BORROWED])
    return catalog


def save(catalog: Catalog, path: Path) -> None:
    """Write a .po file without places and dates, so that merges stay calm."""
    buffer = BytesIO()
    write_po(buffer, catalog, width=0, no_location=True, omit_header=False)
    lines = [line for line in buffer.getvalue().decode().splitlines(keepends=True) if not line.startswith(DATED)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(lines), encoding="utf-8")


def compile_catalogue(po: Path) -> bool:
    """Write the .mo beside the .po when it is older; True when it was written."""
    mo = po.with_suffix(".mo")
    if mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
        return False
    buffer = BytesIO()
    write_mo(buffer, read_catalogue(po))
    fresh = mo.with_name(f".{mo.name}.new")
    fresh.write_bytes(buffer.getvalue())
    fresh.replace(mo)
    return True


def _speaks(path: Path) -> bool:
    return "migrations" not in path.parts and (path.suffix == ".py" or "templates" in path.parts)


def _messages_in(path: Path) -> Iterator[tuple[int, object, str | None]]:
    text = path.read_text(encoding="utf-8")
    code = text if path.suffix == ".py" else _without_indents(templatize(text, origin=str(path)))
    for line, message, _comments, context in extract("python", BytesIO(code.encode()), keywords=KEYWORDS):
        yield line, message, context


def _without_indents(code: str) -> str:
    return "\n".join(line.lstrip() for line in code.splitlines())


def _key(message: Message) -> Key:
    return (message.id[0] if isinstance(message.id, tuple | list) else message.id), message.context


def _text(message: Message) -> str:
    return str(_key(message)[0])


def _sort_key(message: Message) -> tuple[str, str]:
    return _text(message), message.context or ""


def _place(message: Message) -> str:
    return f"{message.locations[0][0]}:{message.locations[0][1]}" if message.locations else ""


def _strings(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string or ""]


def _is_translated(message: Message) -> bool:
    return all(_strings(message))


def _keeps_placeholders(message: Message) -> bool:
    singular = _text(message)
    plural = message.id[-1] if isinstance(message.id, tuple | list) else singular
    allowed = set(PLACEHOLDER.findall(singular)) | set(PLACEHOLDER.findall(plural))
    needed = set(PLACEHOLDER.findall(plural))
    return all(needed <= set(PLACEHOLDER.findall(text)) <= allowed for text in _strings(message))
