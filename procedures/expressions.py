"""Expressions of computed fields: numbers, fields, + - * /, a few functions. Parsed into a tree; nothing is run.

The tree is made of lists, so that it goes to the browser as JSON and is worked out there by the same rules:
`["number", "2"]`, `["field", "pages"]`, `["cells", "table", "column"]`, `["rows", "table"]`,
`["+", left, right]`, `["min", one, two, …]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import gettext as _

Tree = list[Any]

MOST_DEPTH: Final = 20
TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[a-z][a-z0-9_]*)|(?P<sign>[-+*/(),.]))")
ARGUMENTS: Final = {"min": (2, 10), "max": (2, 10), "round": (1, 2), "days": (2, 2)}


class ExpressionError(Exception):
    """The expression cannot be understood; `str()` is the sentence for the author."""


@lru_cache(maxsize=2000)
def parsed(text: str) -> Tree:
    """The tree of an expression.

    Args:
        text: as it stands in the definition.

    Returns:
        The tree; do not change it, it is remembered.

    Raises:
        ExpressionError: with what to mend.
    """
    return _Reader(text).whole()


def names_in(tree: Tree) -> Iterator[tuple[str, str]]:
    """Every field the tree reads, with its column ("" for the field itself, "*" for the number of rows)."""
    word = tree[0]
    if word == "field":
        yield tree[1], ""
    elif word == "cells":
        yield tree[1], tree[2]
    elif word == "rows":
        yield tree[1], "*"
    elif word != "number":
        for part in tree[1:]:
            yield from names_in(part)


def dates_in(tree: Tree) -> Iterator[str]:
    """Fields that are read as days: what stands in days(…)."""
    if tree[0] == "days":
        yield from (part[1] for part in tree[1:] if part[0] == "field")
    elif tree[0] not in ("number", "field", "cells", "rows"):
        for part in tree[1:]:
            yield from dates_in(part)


class _Reader:
    """Reads an expression from left to right."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.at = 0
        self.depth = 0

    def whole(self) -> Tree:
        tree = self.sum()
        if self.at < len(self.tokens):
            raise ExpressionError(_("There is too much after “%(word)s”.") % {"word": self.tokens[self.at - 1]})
        return tree

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        found = self.peek()
        if not found or (wanted and found != wanted):
            expected = wanted or _("a number or a field")
            raise ExpressionError(
                _("“%(wanted)s” is expected at the end or before “%(found)s”.")
                % {
                    "wanted": expected,
                    "found": found or "…",
                }
            )
        self.at += 1
        return found

    def sum(self) -> Tree:
        tree = self.product()
        while self.peek() in ("+", "-"):
            tree = [self.take(), tree, self.product()]
        return tree

    def product(self) -> Tree:
        tree = self.single()
        while self.peek() in ("*", "/"):
            tree = [self.take(), tree, self.single()]
        return tree

    def single(self) -> Tree:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise ExpressionError(_("The expression is nested too deeply."))
        try:
            return self.within()
        finally:
            self.depth -= 1

    def within(self) -> Tree:
        if self.peek() == "-":
            self.take()
            return ["-", ["number", "0"], self.single()]
        if self.peek() == "(":
            self.take()
            tree = self.sum()
            self.take(")")
            return tree
        word = self.take()
        if word[0].isdigit():
            return ["number", str(Decimal(word))]
        if not word[0].isalpha():
            raise ExpressionError(_("A number or a field is expected instead of “%(found)s”.") % {"found": word})
        return self.call(word) if self.peek() == "(" else ["field", word]

    def call(self, word: str) -> Tree:
        self.take("(")
        if word in ("sum", "count"):
            tree = self.of_table(word)
        elif word in ARGUMENTS:
            tree = self.function(word)
        else:
            raise ExpressionError(
                _("There is no function %(name)s. Known are sum, count, min, max, round and days.") % {"name": word}
            )
        self.take(")")
        return tree

    def of_table(self, word: str) -> Tree:
        table = self.take()
        if word == "count":
            return ["rows", table]
        self.take(".")
        return ["cells", table, self.take()]

    def function(self, word: str) -> Tree:
        arguments = [self.sum()]
        while self.peek() == ",":
            self.take()
            arguments.append(self.sum())
        least, most = ARGUMENTS[word]
        if not least <= len(arguments) <= most:
            raise ExpressionError(_("%(name)s takes another number of values.") % {"name": word})
        if word == "days" and any(part[0] != "field" for part in arguments):
            raise ExpressionError(_("days takes two fields of kind date."))
        if word == "round" and len(arguments) == 2 and arguments[1][0] != "number":
            raise ExpressionError(_("round takes a value and a number of decimals."))
        return [word, *arguments]


def _tokens(text: str) -> Iterator[str]:
    at, text = 0, text.rstrip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise ExpressionError(_("“%(found)s” cannot stand here.") % {"found": text[at:].strip()[:10]})
        yield match.group(match.lastgroup or 0)
        at = match.end()
    if not text.strip():
        raise ExpressionError(_("The expression is empty."))
