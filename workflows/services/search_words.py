"""The words by which a dossier is found: its code, who handed it in, what stands in its form."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from itertools import chain
from typing import Any

from django.db import connection

from procedures.folding import fold
from workflows.models import Dossier

MOST_WORDS = 300
LONGEST_WORD = 60
EDGES = ".,;:!?()[]{}\"'“”‘’…"
DETAILS = ("identifier", "representative", "representative_identifier")


def index_for_search(dossier: Dossier) -> None:
    """Store the words by which the dossier is found: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workflows_dossier SET search = array_to_tsvector(%s::text[]) WHERE id = %s",
            [words_of(dossier), dossier.pk],
        )


def words_of(dossier: Dossier) -> list[str]:
    """Code and its parts, name, id numbers, phone, then what was answered in the form; folded, each once."""
    submitter = dossier.submitter
    serial = dossier.code.rsplit("-", 1)[-1]
    phone = str(submitter.get("phone", "")).replace(" ", "")
    texts = [dossier.code, serial, serial.lstrip("0"), dossier.applicant_name, phone]
    texts += [str(submitter.get(name, "")) for name in DETAILS]
    told = (word for text in texts for word in fold(text).split())
    answered = (word for text in answers_in(dossier.data) for word in words_in_answer(text))
    found = dict.fromkeys(word[:LONGEST_WORD] for word in chain(told, answered) if word)
    return sorted(list(found)[:MOST_WORDS])


def answers_in(value: Any) -> Iterator[str]:
    """Every value of the form, however deep it lies in tables and persons; what is true or false is no word."""
    if isinstance(value, dict):
        for part in value.values():
            yield from answers_in(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from answers_in(part)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def words_in_answer(text: str) -> Iterator[str]:
    """The words of an answer without the signs around them; a day also as people write it."""
    with suppress(ValueError):
        yield f"{date.fromisoformat(text):%d/%m/%Y}"
    for word in fold(text).split():
        yield word.strip(EDGES)
