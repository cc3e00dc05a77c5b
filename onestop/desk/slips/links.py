"""Which slips a dossier has, under the number that its rulebook gives each form."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from onestop.desk.slips.endings import end_of
from sla.rulebook import rulebook_named
from workflows.models import Dossier, LegalStatus, SlipKind, SupplementRequest

LARGE = "?size=a4"


@dataclass(frozen=True, slots=True)
class SlipLink:
    """A slip that can be printed (again); `large` is the same on A4, where it is usually smaller."""

    label: str
    url: str
    is_page: bool = False

    @property
    def large(self) -> str:
        """The address of the slip on A4."""
        return "" if self.is_page else f"{self.url}{LARGE}"


def labelled(words: str, dossier: Dossier, kind: SlipKind) -> str:
    """The name of a slip with the number of its form, where the dossier's rulebook has a form for it."""
    form = rulebook_named(dossier.rulebook).form_for(kind)
    return _("%(slip)s (form %(number)s)") % {"slip": words, "number": form.number} if form else words


def apology_link(dossier: Dossier) -> SlipLink | None:
    """The apology of a dossier that got a new date."""
    if not dossier.apologies.filter(approved_at__isnull=False).exists():
        return None
    label = labelled(_("Apology and new date"), dossier, SlipKind.APOLOGY)
    return SlipLink(label, reverse("desk:apology_slip", args=[dossier.pk]))


def slip_of(dossier: Dossier) -> SlipLink | None:
    """The slip that belongs to the state the dossier is in; None while an online file waits."""
    status = LegalStatus(dossier.legal_status)
    if status == LegalStatus.AWAITING_SUPPLEMENT:
        newest = dossier.supplements.order_by("-number").first()
        return supplement_link(dossier, newest.number) if newest else None
    if status == LegalStatus.NOT_ACCEPTED:
        return refusal_link(dossier)
    if status in {LegalStatus.WITHDRAWN, LegalStatus.STOPPED}:
        return end_link(dossier)
    if status == LegalStatus.RETURNED:
        return SlipLink(_("Proof of hand-over"), reverse("desk:handover_slip", args=[dossier.pk]))
    return receipt_link(dossier)


def receipt_link(dossier: Dossier) -> SlipLink | None:
    """The receipt of a dossier that was received."""
    if dossier.received_at is None:
        return None
    label = labelled(_("Receipt"), dossier, SlipKind.RECEIPT)
    return SlipLink(label, reverse("desk:receipt", args=[dossier.pk]))


def control_link(dossier: Dossier) -> SlipLink | None:
    """The page of the control slip, where it is confirmed and printed, of a dossier that was received."""
    if dossier.received_at is None:
        return None
    label = labelled(_("Control slip"), dossier, SlipKind.CONTROL)
    return SlipLink(label, reverse("desk:control", args=[dossier.pk]), is_page=True)


def supplement_link(dossier: Dossier, number: int) -> SlipLink:
    """One request for papers."""
    words = _("Request for papers no. %(number)d") % {"number": number}
    label = labelled(words, dossier, SlipKind.SUPPLEMENT)
    return SlipLink(label, reverse("desk:supplement_slip", args=[dossier.pk, number]))


def refusal_link(dossier: Dossier) -> SlipLink:
    """The refusal."""
    label = labelled(_("Refusal"), dossier, SlipKind.REFUSAL)
    return SlipLink(label, reverse("desk:refusal_slip", args=[dossier.pk]))


def end_link(dossier: Dossier) -> SlipLink:
    """The notice of an end without a result; only a stop that the applicant asked for has a form."""
    act = end_of(dossier).act
    if act == "refuse":
        return refusal_link(dossier)
    words = _("Notice that handling stopped")
    label = labelled(words, dossier, SlipKind.STOP) if act == "withdraw" else words
    return SlipLink(label, reverse("desk:stop_slip", args=[dossier.pk]))


def slips_of(dossier: Dossier, supplements: QuerySet[SupplementRequest]) -> list[SlipLink]:
    """Every slip of a dossier, for printing again."""
    found = [receipt_link(dossier), *(supplement_link(dossier, row.number) for row in supplements)]
    found.append(apology_link(dossier))
    if dossier.is_closed:
        found.append(slip_of(dossier))
    found.append(control_link(dossier))
    return [link for link in found if link is not None]
