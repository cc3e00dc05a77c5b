"""Compiles the translations where that is due: compiled files are not part of the source.

Called before Django reads any translation, since it reads each one once.
"""

from __future__ import annotations

from onestop.desk.messages import compile_catalogue
from onestop.embedded.folders import CHECKOUT

LOCALE = CHECKOUT / "onestop" / "locale"


def compile_messages() -> None:
    """Compile every catalogue that is newer than its compiled form."""
    for source in LOCALE.glob("*/LC_MESSAGES/*.po"):
        compile_catalogue(source)
