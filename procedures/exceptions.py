"""What can go wrong when procedures are read, imported and published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from procedures.findings import Finding


class ProceduresError(Exception):
    """Base of every refusal of this package."""


class UnreadableDefinition(ProceduresError):
    """A file is not a definition; says where it breaks and what to do."""

    def __init__(self, sentence: str, *, source: str = "", line: int | None = None, place: str = "") -> None:
        self.sentence, self.source, self.line, self.place = sentence, source, line, place
        super().__init__(sentence)

    def __str__(self) -> str:
        where = f"{self.source}:{self.line}" if self.line else self.source
        head = f"{where}: " if where else ""
        return f"{head}{self.place}: {self.sentence}" if self.place else f"{head}{self.sentence}"


class NoLimitForChannel(ProceduresError):
    """The definition gives no legal limit for the channel."""

    def __init__(self, reference: str, channel: str) -> None:
        self.reference, self.channel = reference, channel
        super().__init__(
            _("%(reference)s has no time limit for the channel %(channel)s.")
            % {"reference": reference, "channel": channel}
        )


class UnknownStep(ProceduresError):
    """The definition has no human step of that name."""

    def __init__(self, reference: str, key: str) -> None:
        self.reference, self.key = reference, key
        super().__init__(_("%(reference)s has no step %(key)s.") % {"reference": reference, "key": key})


class UnknownProcedure(ProceduresError):
    """No procedure has this code, or not at this level."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        super().__init__(
            _("There is no procedure %(reference)s. Import it first, or check the code.") % {"reference": reference}
        )


class AmbiguousCode(ProceduresError):
    """The code exists at several levels, and no level was named."""

    def __init__(self, code: str, references: Sequence[str]) -> None:
        self.code, self.references = code, tuple(references)
        names = ", ".join(self.references)
        super().__init__(
            _("The code %(code)s exists at several levels. Name one of: %(names)s.") % {"code": code, "names": names}
        )


class NothingToPublish(ProceduresError):
    """The procedure has no draft."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        super().__init__(_("%(reference)s has no draft. Import a changed definition first.") % {"reference": reference})


class NotADraft(ProceduresError):
    """The version was published or withdrawn before."""

    def __init__(self, reference: str, number: int) -> None:
        self.reference, self.number = reference, number
        super().__init__(
            _("Version %(number)s of %(reference)s is not a draft any more. Look at its present state.")
            % {"number": number, "reference": reference}
        )


class NotPublished(ProceduresError):
    """Only a published version can be withdrawn."""

    def __init__(self, reference: str, number: int) -> None:
        self.reference, self.number = reference, number
        super().__init__(
            _("Version %(number)s of %(reference)s is not published.") % {"number": number, "reference": reference}
        )


class DefectiveDefinition(ProceduresError):
    """The definition has errors that must be mended first."""

    def __init__(self, reference: str, findings: Sequence[Finding]) -> None:
        self.reference, self.findings = reference, tuple(findings)
        listed = "\n".join(str(finding) for finding in findings)
        super().__init__(
            _("%(reference)s has errors that must be mended first:\n%(list)s")
            % {"reference": reference, "list": listed}
        )


class NotCatalogueEditor(ProceduresError):
    """The person may not change the catalogue."""

    def __init__(self, username: str) -> None:
        self.username = username
        super().__init__(
            _("%(name)s is not a catalogue editor. Ask the administrator for the role.") % {"name": username}
        )


class DefinedTwice(ProceduresError):
    """One run holds two definitions of the same procedure at the same level."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        super().__init__(_("%(reference)s is defined twice. Keep one file.") % {"reference": reference})


class UnknownPlace(ProceduresError):
    """A draft has no such place any more."""

    def __init__(self, place: str) -> None:
        self.place = place
        super().__init__(
            _("The draft has no place %(place)s any more: somebody removed it. Load the page again.") % {"place": place}
        )


class OwnDraft(ProceduresError):
    """Who had a hand in a draft cannot publish it."""

    def __init__(self, reference: str, names: Sequence[str]) -> None:
        self.reference, self.names = reference, tuple(names)
        super().__init__(
            _("You worked on this draft yourself (%(names)s). Another catalogue editor publishes it.")
            % {"names": ", ".join(self.names)}
        )


class Unfinished(ProceduresError):
    """What was typed is no definition yet."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        super().__init__(
            _("The draft of %(reference)s is not finished: mend what is marked, then publish.")
            % {"reference": reference}
        )


class DraftExists(ProceduresError):
    """A draft that somebody is writing would be overwritten."""

    def __init__(self, references: Sequence[str]) -> None:
        self.references = tuple(references)
        names = ", ".join(self.references)
        super().__init__(
            _("Somebody is writing a draft of %(names)s. Say that it may be replaced, or publish it first.")
            % {"names": names}
        )
