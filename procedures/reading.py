"""Read definitions from YAML files: every defect of the file is one sentence with its file, line and place."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _
from pydantic import ValidationError

from procedures.definition import Definition
from procedures.exceptions import UnreadableDefinition
from procedures.lint import defects_of_the_process
from procedures.sentences import sentence_of

MAX_BYTES = 1_000_000
MAX_DEPTH = 30
SUFFIXES = frozenset({".yaml", ".yml"})


class _Loader(yaml.CSafeLoader):
    """The fast safe loader, which also refuses a key written twice and values that cannot be read."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _value in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, _("The key %(key)s is written twice. Keep one.") % {"key": key.value}, key.start_mark
                )
            seen.add(str(key.value))
        return super().construct_mapping(node, deep=True)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, OverflowError) as error:
            raise yaml.constructor.ConstructorError(None, None, str(error), node.start_mark) from error


def definition_files(paths: Iterable[Path | str]) -> list[Path]:
    """The files meant by paths: a file is itself, a directory all YAML files below it.

    Args:
        paths: files or directories.

    Returns:
        Files in a stable order, each once.

    Raises:
        UnreadableDefinition: when a path does not exist or a directory holds no YAML file.
    """
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*") if file.suffix in SUFFIXES and file.is_file())
            if not inside:
                raise UnreadableDefinition(_("This directory holds no YAML file. Name another."), source=str(path))
            found.update(dict.fromkeys(inside))
        elif path.exists():
            found[path] = None
        else:
            raise UnreadableDefinition(_("There is no such file or directory. Check the path."), source=str(path))
    return list(found)


def read_file(path: Path) -> Definition:
    """Read one definition from a YAML file.

    Raises:
        UnreadableDefinition: with file, line, place and what to do.
    """
    return read_definition(_text_of(path), source=str(path))


def read_definition(text: str, *, source: str = "") -> Definition:
    """Read one definition from YAML text.

    Args:
        text: one YAML document.
        source: name of the file, for messages.

    Raises:
        UnreadableDefinition: with line, place and what to do.
    """
    try:
        root, data = _parse(text, source)
    except yaml.YAMLError as error:
        raise _broken_yaml(error, source) from error
    if not isinstance(root, yaml.MappingNode):
        raise UnreadableDefinition(
            _("The file must hold one definition: a group of keys such as code:, name:, steps:."), source=source
        )
    try:
        return Definition.model_validate(data)
    except ValidationError as error:
        raise _misfit(error, root, source) from error


def read_drawable(path: Path) -> Definition:
    """Read one definition whose process can be drawn: keys, targets and forward edges are in order.

    Raises:
        UnreadableDefinition: with file, line, place and what to do.
    """
    spec = read_file(path)
    defects = defects_of_the_process(spec)
    if defects:
        first = defects[0]
        raise UnreadableDefinition(first.sentence, source=str(path), line=line_of(path, first.place), place=first.place)
    return spec


def line_of(path: Path, place: str) -> int:
    """The line of a file on which a place such as steps[3].outcomes.forward stands, or the nearest above it."""
    root = yaml.compose(_text_of(path), Loader=yaml.CSafeLoader)
    parts = [int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", place)]
    return _locate(tuple(parts), root, absent=True)[1]


def _text_of(path: Path) -> str:
    """Read a file that is small enough, as UTF-8."""
    source = str(path)
    try:
        if not path.is_file():
            raise UnreadableDefinition(_("This is not a file. Name a YAML file."), source=source)
        size = path.stat().st_size
        if size > MAX_BYTES:
            sentence = _("The file has %(size)d bytes; a definition has at most %(most)d. Is this the right file?")
            raise UnreadableDefinition(sentence % {"size": size, "most": MAX_BYTES}, source=source)
        raw = path.read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise UnreadableDefinition(
            _("The file cannot be opened: %(why)s.") % {"why": error.strerror}, source=source
        ) from error
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UnreadableDefinition(
            _("The file is not UTF-8 text. Save it as UTF-8."), source=source, line=line
        ) from error


def _parse(text: str, source: str) -> tuple[yaml.Node | None, Any]:
    """Syntax tree and values; refuses aliases and deep nesting before anything is built."""
    _inspect(text, source)
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        return root, None if root is None else loader.construct_document(root)
    finally:
        loader.dispose()


def _inspect(text: str, source: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise UnreadableDefinition(
                _("References (*name) are not allowed here. Write the value out."), source=source, line=line
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise UnreadableDefinition(
                _("The file is nested too deeply. Check the brackets and the indentation."), source=source, line=line
            )


def _broken_yaml(error: yaml.YAMLError, source: str) -> UnreadableDefinition:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    sentence = _("This is not valid YAML (%(problem)s). Check quotes, colons and indentation.") % {"problem": problem}
    return UnreadableDefinition(sentence, source=source, line=None if mark is None else mark.line + 1)


def _misfit(error: ValidationError, root: yaml.Node, source: str) -> UnreadableDefinition:
    """The first error of the model, with the number of the others."""
    errors = error.errors(include_url=False)
    first, *others = [one for one in errors if not _follows_from_another(one["loc"], errors)]
    place, line = _locate(first["loc"], root, absent=first["type"] == "missing")
    sentence = sentence_of(first)
    if others:
        sentence += " " + _("(and %(count)d more errors in this file)") % {"count": len(others)}
    return UnreadableDefinition(sentence, source=source, line=line, place=place)


def _follows_from_another(loc: tuple[int | str, ...], errors: Iterable[Any]) -> bool:
    """Whether an error lies inside: a list is also called too short when its only member is broken."""
    return any(len(other["loc"]) > len(loc) and other["loc"][: len(loc)] == loc for other in errors)


def _locate(loc: tuple[int | str, ...], root: yaml.Node, *, absent: bool) -> tuple[str, int]:
    """Place in words and line; names that pydantic adds for the kinds of a union are left out.

    `absent` says that the last part is a key that is not in the file, to be named all the same.
    """
    node, line, place = root, root.start_mark.line + 1, ""
    for number, part in enumerate(loc):
        child, mark = _child(node, part)
        last = number == len(loc) - 1
        if child is None and not (last and absent and isinstance(node, yaml.MappingNode)):
            continue
        place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else str(part)
        if child is not None:
            node, line = child, mark.line + 1
    return place, line


def _child(node: yaml.Node, part: int | str) -> tuple[yaml.Node | None, Any]:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part].start_mark
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return value, key.start_mark
    return None, None
