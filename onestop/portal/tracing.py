"""What the public may know of a dossier: its code, how far it has come, and dates (R26). No name, no procedure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from onestop.accounts import ShownClock, shown
from procedures.folding import fold
from workflows.accounts import public_account_of
from workflows.models import Dossier, LegalStatus

CODE = re.compile(r"[A-Z0-9]+(?:\.[A-Z0-9]+)*-\d{6}-\d{4,5}")
LONGEST_INPUT = 400
FIELDS = ("code", "legal_status", "registered_at", "received_at", "due_at", "decided_at", "closed_at", "reappointed_at")


@dataclass(frozen=True, slots=True)
class Trace:
    """Code, status and dates of one dossier."""

    code: str
    status: int
    registered_at: datetime | None
    received_at: datetime | None
    due_at: datetime | None
    decided_at: datetime | None
    closed_at: datetime | None
    reappointed_at: datetime | None

    @property
    def is_paused(self) -> bool:
        """Whether the office waits for the applicant, so that no date can be named."""
        return self.status in {LegalStatus.AWAITING_SUPPLEMENT, LegalStatus.AWAITING_PAYMENT}

    @property
    def promised_at(self) -> datetime | None:
        """When the result is due, as long as there is something to wait for."""
        waits = self.status in {LegalStatus.RECEIVED, LegalStatus.IN_PROCESS}
        return self.due_at if waits else None

    @property
    def new_date_at(self) -> datetime | None:
        """The new date after an apology; it stands beside the first, by which lateness is judged."""
        return self.reappointed_at if self.promised_at else None


def code_in(text: str) -> str:
    """The file code in what was typed, or scanned from a receipt: its QR code holds an address or several values."""
    found = CODE.search(fold(text[:LONGEST_INPUT]).replace(" ", "").upper())
    return found[0] if found else ""


def trace_of(text: str) -> Trace | None:
    """The dossier with the code in `text`: one statement, whether there is one or not."""
    row = Dossier.objects.filter(code=code_in(text)).values_list(*FIELDS).first()
    return Trace(*row) if row else None


def why_of(text: str, *, at: datetime) -> ShownClock | None:
    """Why the dossier with the code in `text` is due when it is: the deciding clock's account, naming nobody (R26)."""
    clocks = ("statutory_clock", "desk_clock")
    dossier = (
        Dossier.objects.select_related(*clocks).defer("search", "data", "submitter").filter(code=code_in(text)).first()
    )
    if dossier is None:
        return None
    main = public_account_of(dossier, at=at).main
    return shown(main) if main else None
