"""Compiles the translations at set-up: compiled files are not part of the source."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from onestop.desk.messages import compile_catalogue


def compile_messages() -> None:
    """Compile every catalogue that is newer than its compiled form."""
    for folder in settings.LOCALE_PATHS:
        for source in Path(folder).glob("*/LC_MESSAGES/*.po"):
            compile_catalogue(source)
