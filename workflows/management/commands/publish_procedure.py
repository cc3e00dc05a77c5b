"""Publish drafts of procedures, after the linter has looked at them with calendars, rulebook and staffing."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from offices.models import User
from procedures.exceptions import ProceduresError
from procedures.findings import Severity
from procedures.lint import LintContext, lint
from procedures.models import ProcedureVersion
from procedures.services import draft_of, find_procedure, publish_version
from workflows.lint_context import lint_context


class Command(BaseCommand):
    """publish_procedure CODE[@level]… | --all [--by USERNAME]"""

    help = "Publishes drafts: from then on they never change. Errors of the linter block it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("codes", nargs="*", metavar="CODE[@level]")
        parser.add_argument("--all", action="store_true", help="publish every draft")
        parser.add_argument("--by", metavar="USERNAME", help="the catalogue editor who publishes")

    def handle(self, *, codes: list[str], by: str | None, verbosity: int, **options: bool) -> None:
        if bool(codes) == bool(options["all"]):
            raise CommandError(_("Name procedures (CODE or CODE@level), or say --all."))
        try:
            published = self.publish(codes, editor_named(by), timezone.now())
        except ProceduresError as error:
            raise CommandError(str(error)) from error
        if verbosity:
            for version in published:
                values = {"reference": version.procedure.reference, "number": version.number}
                self.stdout.write(_("%(reference)s: version %(number)d is published.") % values)

    @transaction.atomic
    def publish(self, codes: list[str], by: User | None, at: datetime) -> list[ProcedureVersion]:
        """Publish all that were named, or none."""
        context = lint_context(at=at)
        drafts = [draft_of(find_procedure(code)) for code in codes] if codes else every_draft()
        return [self.publish_one(draft, by, at, context) for draft in drafts]

    def publish_one(
        self, draft: ProcedureVersion, by: User | None, at: datetime, context: LintContext
    ) -> ProcedureVersion:
        """Publish one draft; warnings go to standard error."""
        findings = lint(draft.spec, context=context)
        for finding in findings:
            if finding.severity is Severity.WARNING:
                self.stderr.write(f"{draft.procedure.reference}: {finding}")
        return publish_version(version=draft, by=by, at=at, findings=findings)


def every_draft() -> list[ProcedureVersion]:
    """All drafts, in order of code and level."""
    drafts = ProcedureVersion.objects.filter(status=ProcedureVersion.Status.DRAFT).select_related("procedure")
    return list(drafts.order_by("procedure__code", "procedure__level"))


def editor_named(username: str | None) -> User | None:
    """The person with that user name; None when none was named."""
    if username is None:
        return None
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(_("There is no active user %(name)s. Check the user name.") % {"name": username})
    return user
