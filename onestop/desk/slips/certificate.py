"""The deadline certificate: everything behind the date of a dossier on paper, for whoever wants to count again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import override

from offices.models import User
from onestop.accounts import ShownClock, shown
from onestop.desk import words
from onestop.desk.reading.clocks import ledger_of, note_in_words, parts_of
from onestop.desk.slips.content import Letterhead
from onestop.desk.slips.heading import letterhead, serial_of
from onestop.desk.slips.printing import deadline_pdf
from workflows.accounts import account_of
from workflows.exceptions import NotFound
from workflows.models import Dossier, LegalStatus


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """One run of days."""

    when: str
    counted: str
    so_far: str
    skipped: str
    why: str


@dataclass(frozen=True, slots=True)
class CertificateClock:
    """One clock with its calendar, rules, days and history."""

    title: str
    due: str
    term: str
    clause: str
    since: str
    calendar: str
    rulebook: str
    remarks: tuple[str, ...]
    rules: tuple[str, ...]
    rows: tuple[CertificateRow, ...]
    total: str
    moves: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineSlip:
    """What stands on the certificate."""

    letterhead: Letterhead
    code: str
    content: str
    status: str
    received: str
    due: str
    clocks: tuple[CertificateClock, ...]
    parts: tuple[tuple[str, str], ...]
    total: str
    printed: str
    printed_by: str
    look_up: str


def certificate(dossier: Dossier, *, at: datetime, by: User, look_up: str) -> bytes:
    """Print the certificate of a dossier, in Vietnamese.

    Args:
        dossier: a dossier with a clock that decides its date.
        at: now.
        by: who prints it.
        look_up: the address of the public page, for the QR code.

    Raises:
        NotFound: no clock ever ran that decides a date.
    """
    with override("vi"):
        return deadline_pdf(gathered(dossier, at=at, by=by, look_up=look_up))


def gathered(dossier: Dossier, *, at: datetime, by: User, look_up: str) -> DeadlineSlip:
    """Everything on the certificate as plain values."""
    account = account_of(dossier, at=at)
    if account.main is None:
        raise NotFound("No clock ran.")
    main = account.main
    own = [main, *(one for one in account.clocks if one.step is not None or one.consultation is not None)]
    parts = parts_of(ledger_of(dossier, at=at))
    received = dossier.received_at or dossier.registered_at
    return DeadlineSlip(
        letterhead=letterhead(
            dossier.receiving_office,
            at,
            number=f"{serial_of(dossier.code)}/XNTH",
            title="Giấy xác nhận thời hạn giải quyết hồ sơ",
        ),
        code=dossier.code,
        content=dossier.procedure.name,
        status=str(LegalStatus(dossier.legal_status).label),
        received=words.long_moment(received) if received else "",
        due=words.long_moment(main.account.due_at) if main.account.due_at else "",
        clocks=tuple(_clock(shown(one, say_note=note_in_words)) for one in own),
        parts=tuple((part.name, part.amount) for part in parts),
        total=words.stretch(minutes=sum(part.minutes for part in parts)),
        printed=words.moment(at),
        printed_by=by.full_name,
        look_up=look_up,
    )


def _clock(one: ShownClock) -> CertificateClock:
    account, clock = one.account, one.account.clock
    calendar = account.calendar
    published = words.moment(calendar.published_at) if calendar.published_at else ""
    decision = f" – {calendar.decision}" if calendar.decision else ""
    rows = (
        CertificateRow(
            run.when, run.amount if run.counted else "", run.so_far, "" if run.counted else run.amount, run.why
        )
        for run in one.runs
    )
    return CertificateClock(
        title=one.title,
        due=words.long_moment(one.due_at) if one.due_at else "",
        term=one.term,
        clause=clock.clause,
        since=words.long_moment(localtime(clock.started_at)),
        calendar=f"{calendar.name}, phiên bản {calendar.number}{decision}, ban hành {published}",
        rulebook=f"{account.book.decree} ({account.book.code})",
        remarks=tuple(one.remarks),
        rules=tuple(rule.words for rule in one.rules),
        rows=tuple(rows),
        total=one.total,
        moves=tuple(_moves(one)),
    )


def _moves(one: ShownClock) -> list[tuple[str, str, str]]:
    found = []
    for move in one.moves:
        before = words.moment(move.before) if move.before else "–"
        after = words.moment(move.after) if move.after else "–"
        why = " · ".join(filter(None, [move.what, move.why, move.by, move.clause]))
        found.append((words.moment(move.at), why, f"{before} → {after}" if move.moved else ""))
    return found
