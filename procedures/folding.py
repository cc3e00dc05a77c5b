"""Search without accents: the same folding for what is stored and for what is typed."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"\s+")


def fold(text: str) -> str:
    """Lower case, without accents, đ as d, one space between words.

    Args:
        text: any text, composed or decomposed Unicode.

    Returns:
        "Chỉnh sửa văn bằng Đại học" → "chinh sua van bang dai hoc".
    """
    decomposed = unicodedata.normalize("NFD", text.lower())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _SPACES.sub(" ", bare.replace("đ", "d")).strip()


def plain_number(text: str) -> str:
    """An identification number as letters and digits only, in capitals, so that spelling makes no second person.

    Args:
        text: the number as it was typed: "040.123.456.789" → "040123456789".
    """
    return re.sub(r"[\W_]+", "", text).upper()
