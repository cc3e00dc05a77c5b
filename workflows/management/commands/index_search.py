"""Make the words anew by which dossiers are found: `manage.py index_search`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from workflows.models import Dossier
from workflows.services.search_words import index_for_search

BATCH = 500
READ = ("pk", "code", "applicant_name", "submitter", "data")


class Command(BaseCommand):
    """Go through all dossiers in batches; needed once for files that came in before answers were found too."""

    help = "Make the words anew by which dossiers are found, answers of the e-form among them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to go on after an interruption."""
        parser.add_argument("--after", type=int, default=0, help="go on behind the dossier with this id")

    def handle(self, *args: Any, **options: Any) -> None:
        """Index batch after batch, each in a transaction of its own."""
        after, done = options["after"], 0
        while ids := list(Dossier.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH]):
            with transaction.atomic():
                for dossier in Dossier.objects.filter(pk__in=ids).only(*READ).order_by("pk").select_for_update():
                    index_for_search(dossier)
            after, done = ids[-1], done + len(ids)
        self.stdout.write(_("%(count)d dossiers can be found by what stands in their forms.") % {"count": done})
