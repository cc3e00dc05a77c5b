"""Check definition files: is each process possible, complete and lawful?"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from procedures.definition import Definition
from procedures.exceptions import ProceduresError, UnreadableDefinition
from procedures.findings import Finding, Severity
from procedures.lint import LintContext, lint
from procedures.reading import definition_files, line_of, read_file
from workflows.lint_context import lint_context


@dataclass(frozen=True)
class Checked:
    """One finding in one file."""

    file: str
    line: int | None
    procedure: str
    finding: Finding

    def as_json(self) -> dict[str, object]:
        """Plain values, for --json."""
        return {"file": self.file, "line": self.line, "procedure": self.procedure, **self.finding.as_json()}

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        one = self.finding
        return f"{where}: {one.severity.value} {one.code} {one.name} {one.place}: {one.sentence}"


class Command(BaseCommand):
    """lint_procedures PATH… [--json]"""

    help = "Checks definitions of procedures. Exit status 1 when there is an error."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", help="YAML file, or directory of YAML files")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *, paths: list[str], json: bool, **_options: object) -> None:
        try:
            files = definition_files(paths)
        except ProceduresError as error:
            checked = [unreadable(error)]
            files = []
        else:
            checked = check_files(files, self.context())
        errors = sum(one.finding.severity is Severity.ERROR for one in checked)
        if json:
            self.print_json(checked, errors)
        else:
            self.print_lines(checked, errors, len(files))
        if errors:
            raise CommandError(_("%(count)d errors found. Mend them before publishing.") % {"count": errors})

    def context(self) -> LintContext:
        """Calendars and staffing; without a database the checks that need one are left out."""
        try:
            context = lint_context(at=timezone.now())
        except DatabaseError:
            self.stderr.write(_("No database: whether somebody holds each role is not checked."))
            return lint_context(at=timezone.now(), with_database=False)
        if context.staffing is not None and not context.staffing.offices:
            self.stderr.write(_("No offices are loaded: whether somebody holds each role is not checked."))
        return context

    def print_json(self, checked: list[Checked], errors: int) -> None:
        answer = {
            "errors": errors,
            "warnings": len(checked) - errors,
            "findings": [one.as_json() for one in checked],
        }
        self.stdout.write(json.dumps(answer, ensure_ascii=False))

    def print_lines(self, checked: list[Checked], errors: int, files: int) -> None:
        for one in checked:
            self.stdout.write(str(one))
        counts = {"files": files, "errors": errors, "warnings": len(checked) - errors}
        self.stdout.write(_("%(files)d files, %(errors)d errors, %(warnings)d warnings.") % counts)


def check_files(files: list[Path], context: LintContext) -> list[Checked]:
    """Findings on each file; a file that cannot be read is a finding, and the others are still checked."""
    checked: list[Checked] = []
    read: dict[str, Path] = {}
    for file in files:
        try:
            spec = read_file(file)
        except UnreadableDefinition as error:
            checked.append(unreadable(error))
            continue
        findings = [*lint(spec, context=context), *defined_twice(spec, read.get(spec.reference))]
        read.setdefault(spec.reference, file)
        checked += [Checked(str(file), line_of(file, one.place), spec.reference, one) for one in findings]
    return checked


def unreadable(error: ProceduresError) -> Checked:
    """A file that is no definition, as a finding."""
    source, line, place, sentence = "", None, "", str(error)
    if isinstance(error, UnreadableDefinition):
        source, line, place, sentence = error.source, error.line, error.place, error.sentence
    return Checked(source, line, "", Finding("P000", "unreadable", Severity.ERROR, place, sentence))


def defined_twice(spec: Definition, earlier: Path | None) -> list[Finding]:
    """A finding when an earlier file of the run defines the same procedure."""
    if earlier is None:
        return []
    sentence = _("%(reference)s is also defined in %(file)s. Keep one file.")
    values = {"reference": spec.reference, "file": earlier}
    return [Finding("P005", "defined_twice", Severity.ERROR, "code", sentence % values)]
