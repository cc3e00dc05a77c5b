"""Compiles the translations with Babel: no gettext tools are needed on the machine."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings


def compile_messages() -> None:
    """Compile every catalogue that is newer than its compiled form."""
    for folder in settings.LOCALE_PATHS:
        for source in Path(folder).glob("*/LC_MESSAGES/*.po"):
            compiled = source.with_suffix(".mo")
            if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
                compile_one(source, compiled)


def compile_one(source: Path, compiled: Path) -> None:
    """Compile `source`; the result appears in one move, so that no reader sees half of it."""
    with source.open("rb") as text:
        catalogue = read_po(text)
    fresh = compiled.with_name(f"{compiled.name}.new")
    with fresh.open("wb") as result:
        write_mo(result, catalogue)
    fresh.replace(compiled)
