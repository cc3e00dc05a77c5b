"""Streams the traces of an XES file, plain or gzip, without ever holding more than one trace and one block."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast
from xml.etree.ElementTree import ParseError, XMLParser

from django.utils.translation import gettext as _

from workflows.replay.exceptions import LogError

BLOCK = 1 << 18
LONGEST_TAG = 1 << 24
LARGEST_TRACE = 1 << 26
DEEPEST = 64
ATTRIBUTE_OVERHEAD, EVENT_OVERHEAD = 100, 300
GZIP_MAGIC = b"\x1f\x8b"
LOG, TRACE, TRACE_CHILD, EVENT_CHILD = 1, 2, 3, 4


@dataclass(slots=True)
class RawTrace:
    """A trace as it stands in the file: its attributes and those of each event, all as text."""

    attributes: dict[str, str] = field(default_factory=dict)
    events: list[dict[str, str]] = field(default_factory=list)


class TraceBuilder:
    """Receives the parser's calls and collects finished traces; nested attributes are passed over."""

    def __init__(self) -> None:
        self.tags = 0
        self._finished: list[RawTrace] = []
        self._depth = 0
        self._room = LARGEST_TRACE
        self._trace: RawTrace | None = None
        self._event: dict[str, str] | None = None

    def doctype(self, name: str, public_id: str | None, system: str | None) -> None:
        """Refuse a document type: a log needs none, and entities are how XML files attack their readers."""
        raise LogError(_("The file declares a document type (DTD). An event log needs none; remove the declaration."))

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Open a trace or an event, or keep one attribute of it."""
        self.tags += 1
        self._depth += 1
        if self._depth > DEEPEST:
            raise LogError(
                _("The file nests elements more than %(most)s deep. This is no event log.") % {"most": DEEPEST}
            )
        if self._depth == EVENT_CHILD and self._event is not None:
            self._keep(self._event, attributes)
        elif self._depth == TRACE_CHILD and self._trace is not None:
            self._open_trace_child(self._trace, _local(tag), attributes)
        elif self._depth == TRACE and _local(tag) == "trace":
            self._trace, self._room = RawTrace(), LARGEST_TRACE
        elif self._depth == LOG and _local(tag) != "log":
            raise LogError(
                _("The file is XML, but no event log: its outermost element is “%(tag)s”, not “log”.")
                % {"tag": _local(tag)}
            )

    def end(self, tag: str) -> None:
        """Close what was opened at this depth; a trace is handed out only here."""
        if self._depth == TRACE_CHILD:
            self._event = None
        elif self._depth == TRACE and self._trace is not None:
            self._finished.append(self._trace)
            self._trace = None
        self._depth -= 1

    def close(self) -> None:
        """Nothing is left to do at the end of the file."""

    def take(self) -> list[RawTrace]:
        """The traces finished since the last call."""
        taken, self._finished = self._finished, []
        return taken

    def _open_trace_child(self, trace: RawTrace, name: str, attributes: dict[str, str]) -> None:
        if name != "event":
            self._keep(trace.attributes, attributes)
            return
        self._take_room(EVENT_OVERHEAD)
        self._event = {}
        trace.events.append(self._event)

    def _keep(self, into: dict[str, str], attributes: dict[str, str]) -> None:
        key, value = attributes.get("key"), attributes.get("value")
        if key is not None and value is not None:
            self._take_room(len(key) + len(value) + ATTRIBUTE_OVERHEAD)
            into[key] = value

    def _take_room(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            raise LogError(_("One case takes more than 64 MB. This is no log of cases."))


def read_traces(path: Path) -> Iterator[RawTrace]:
    """Yield the traces of a log in the order of the file, each only when it has been read whole.

    Args:
        path: An XES file, plain or gzip (told by its first bytes, not by its name).

    Raises:
        LogError: The file is missing, broken off, no XES log, or declares a document type.
    """
    builder = TraceBuilder()
    parser = XMLParser(target=builder)  # noqa: S314  (document types are refused, see TraceBuilder.doctype)
    silent = 0
    for block in _blocks(path):
        seen = builder.tags
        _feed(parser, block)
        silent = silent + len(block) if builder.tags == seen else 0
        if silent > LONGEST_TAG:
            raise LogError(_("The file holds a text of more than 16 MB in one place. This is no event log."))
        yield from builder.take()
    _feed(parser, None)
    yield from builder.take()


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _feed(parser: XMLParser, block: bytes | None) -> None:
    """Give the parser a block, or the end of the file (None)."""
    try:
        if block is None:
            parser.close()
        else:
            parser.feed(block)
    except ParseError as error:
        raise LogError(
            _("The file breaks off or is not valid XML (%(place)s). Get a complete copy of the log.") % {"place": error}
        ) from error
    except (LookupError, ValueError) as error:
        raise LogError(_("The file's text encoding cannot be read (%(reason)s).") % {"reason": error}) from error


def _blocks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            stream = _unpacked(file)
            while block := stream.read(BLOCK):
                yield block
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise LogError(
            _("The packed file is broken or breaks off (%(reason)s). Get a complete copy of the log.")
            % {"reason": error}
        ) from error
    except OSError as error:
        raise LogError(
            _("The file %(path)s cannot be read: %(reason)s.") % {"path": path, "reason": error.strerror or error}
        ) from error


def _unpacked(file: BinaryIO) -> BinaryIO:
    packed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
    file.seek(0)
    return cast(BinaryIO, gzip.open(file)) if packed else file
