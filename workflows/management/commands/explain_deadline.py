"""Say why a dossier is due when it is: `manage.py explain_deadline CODE [--json]`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from sla.sentences import moment_in_words
from workflows.accounts import ClockAccount, DossierAccount, account_of
from workflows.models import Dossier

PARTS = ("procedure", "statutory_clock", "desk_clock", "citizen_clock", "reappointment_clock")


class Command(BaseCommand):
    """Print the account of a dossier's time: every clock with what was counted, and whose hours went by."""

    help = "Say why a dossier is due when it is, with calendar, rulebook and clause of everything counted."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file code, and how to answer."""
        parser.add_argument("code", help="the file code, such as H41.HCC-261120-0007")
        parser.add_argument("--json", action="store_true", help="answer in JSON (docs/explanation-1.schema.json)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer for one dossier."""
        code = options["code"].strip().upper()
        dossier = Dossier.objects.select_related(*PARTS).defer("search").filter(code=code).first()
        if dossier is None:
            raise CommandError(_("There is no dossier with the code %(code)s.") % {"code": code}, returncode=1)
        account = account_of(dossier, at=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps(account.as_data(), ensure_ascii=False))
        else:
            self.stdout.writelines(f"{line}\n" for line in lines_of(account))


def lines_of(account: DossierAccount) -> Iterator[str]:
    """The account as text."""
    data = account.as_data()
    yield f"{data['code']} · {data['status_words']}"
    yield _("Rulebook: %(decree)s (%(code)s)") % {"decree": account.book.decree, "code": account.book.code}
    for clock in account.clocks:
        yield ""
        yield from _clock_lines(clock)
    ledger = data["ledger"]
    if ledger:
        yield ""
        yield _("Whose time, in working seconds: %(total)d in all.") % {"total": ledger["seconds"]}
        for part in ledger["parts"]:
            names = [part["party"], part["office"]["name"] if part["office"] else "", part["person"] or ""]
            yield f"  {part['seconds']:>10}  {' · '.join(filter(None, names))}"


def _clock_lines(one: ClockAccount) -> Iterator[str]:
    account, calendar = one.account, one.account.calendar
    yield one.title
    due = _moment(account.due_at) if account.due_at else "–"
    yield "  " + _("Due: %(due)s") % {"due": due}
    yield "  " + _("Calendar: %(name)s, version %(number)d (%(decision)s), published %(at)s") % {
        "name": calendar.name,
        "number": calendar.number,
        "decision": calendar.decision or "–",
        "at": _moment(calendar.published_at),
    }
    for words in (*account.told.remarks, *(rule.words for rule in account.told.rules)):
        yield f"  · {words}"
    told = [(one, "+") for one in account.told.counted] + [(one, "-") for one in account.told.skipped]
    for sentence, sign in sorted(told, key=lambda pair: pair[0].start or account.clock.started_at):
        yield f"  {sign} {sentence.words}"
    for move in account.moves:
        dates = f": {_moment(move.before)} → {_moment(move.after)}" if move.moved else ""
        by = f" ({move.by})" if move.by else ""
        yield f"  {_moment(move.at)} {move.words}{by}{dates}"


def _moment(at: datetime | None) -> str:
    return moment_in_words(timezone.localtime(at)) if at else "–"
