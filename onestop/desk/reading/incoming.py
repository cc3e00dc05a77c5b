"""Files that lie on the counter: beside which paper, and which still wait."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from offices.capacities import Capacities
from procedures.models import ProcedureVersion
from workflows.file_types import PDF, PICTURES
from workflows.models import Dossier, IncomingFile
from workflows.services.incoming_files import for_the_dossier, on_the_counter


@dataclass(frozen=True, slots=True)
class PlaceForFiles:
    """One paper and the files beside it."""

    key: str
    name: str
    files: list[IncomingFile]


@dataclass(frozen=True, slots=True)
class FilesOnCounter:
    """Everything that came in for the file on the counter."""

    version: ProcedureVersion
    key: UUID
    files: Sequence[IncomingFile]

    @classmethod
    def of(cls, capacities: Capacities, version: ProcedureVersion, key: UUID) -> FilesOnCounter:
        """Read them: one statement.

        Args:
            key: of the unfinished file, which is the key of its draft.
        """
        return cls(version, key, on_the_counter(capacities, key))

    @property
    def procedure_id(self) -> int:
        """The procedure of the file."""
        return self.version.procedure_id

    @property
    def places(self) -> list[PlaceForFiles]:
        """The papers of the list that may be handed in."""
        return [
            PlaceForFiles(document.key, document.name, self.beside(document.key))
            for document in self.version.spec.documents
            if not document.replaced_by
        ]

    def beside(self, key: str) -> list[IncomingFile]:
        """Files laid beside one paper."""
        return [file for file in self.files if file.document == key and file.owner_id is not None]

    @property
    def by_paper(self) -> dict[str, list[IncomingFile]]:
        """Files by the paper they lie beside."""
        return {place.key: place.files for place in self.places if place.files}

    @property
    def waiting(self) -> list[IncomingFile]:
        """Files that lie beside no paper of this procedure, the newest first."""
        laid = {file.pk for place in self.places for file in place.files}
        return [file for file in reversed(self.files) if file.pk not in laid]

    @property
    def is_watched(self) -> bool:
        """Whether files may come in by themselves while the screen stands open."""
        return bool(settings.SCANNER_FOLDER)

    @property
    def stamp(self) -> str:
        """Changes whenever something changes that is shown."""
        return stamp_of(self.files)


@dataclass(frozen=True, slots=True)
class FilesForDossier:
    """What came in for a dossier and is no paper yet."""

    dossier: Dossier
    files: Sequence[IncomingFile]

    @classmethod
    def of(cls, capacities: Capacities, dossier: Dossier) -> FilesForDossier:
        """Read them: one statement."""
        return cls(dossier, for_the_dossier(capacities, dossier.pk))

    @property
    def places(self) -> list[PlaceForFiles]:
        """The papers they may become."""
        listed = self.dossier.version.spec.documents
        return [PlaceForFiles(document.key, document.name, []) for document in listed if not document.replaced_by]

    @property
    def is_watched(self) -> bool:
        """Whether files may come in by themselves while the page stands open."""
        return bool(settings.SCANNER_FOLDER)

    @property
    def stamp(self) -> str:
        """Changes whenever something changes that is shown."""
        return stamp_of(self.files)


def stamp_of(files: Sequence[IncomingFile]) -> str:
    """A fingerprint of what is shown of files."""
    state = [(file.pk, file.document, file.owner_id, file.scan) for file in files]
    return hashlib.sha256(repr(state).encode()).hexdigest()[:16]


def has_picture(media_type: str) -> bool:
    """Whether a first page can be drawn."""
    return media_type == PDF or media_type in PICTURES
