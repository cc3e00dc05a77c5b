"""Many slips as one PDF, in the order of the list they were chosen from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO

from django.utils.translation import gettext_lazy as _
from pypdf import PdfWriter

from onestop.desk.slips import control, gathering
from onestop.desk.slips.endings import end_of
from onestop.desk.slips.printing import PaperSize
from workflows.exceptions import NotFound
from workflows.models import Dossier, LegalStatus

PARTS = ("procedure", "version", "applicant", "receiving_office__parent", "handling_office__parent", "received_by")
MOST = 500
AT_ONCE = 5  # as many are printed while one waits; more become long work
CHOICES = {
    "state": _("the slip of its state"),
    "receipt": _("receipt"),
    "control": _("control slip"),
}


@dataclass(frozen=True, slots=True)
class Printed:
    """The PDF, and the codes of dossiers that have no such slip."""

    content: bytes
    slips: int
    without: tuple[str, ...]


def print_many(
    dossiers: Sequence[Dossier],
    *,
    slip: str,
    look_up: str,
    size: PaperSize = "a5",
    advance: Callable[[], None] = lambda: None,
) -> Printed:
    """Print one slip of each dossier.

    Args:
        dossiers: in the order in which they are printed, read with `PARTS`.
        slip: a key of `CHOICES`.
        look_up: the address of the public look-up.
        size: of the paper.
        advance: called after each dossier.

    Raises:
        NotFound: none of them has such a slip.
    """
    writer, found, without = PdfWriter(), 0, []
    for dossier in dossiers:
        try:
            writer.append(BytesIO(one(dossier, slip, look_up, size)))
            found += 1
        except NotFound:
            without.append(dossier.code)
        advance()
    if not found:
        raise NotFound(str(_("None of these dossiers has such a slip.")))
    writer.compress_identical_objects()
    written = BytesIO()
    writer.write(written)
    return Printed(written.getvalue(), found, tuple(without))


def one(dossier: Dossier, slip: str, look_up: str, size: PaperSize) -> bytes:
    """The slip of one dossier.

    Raises:
        NotFound: it has none of this kind.
    """
    if slip == "receipt":
        return gathering.receipt(dossier, look_up=look_up, size=size)
    if slip == "control":
        return control.control_slip(dossier, size=size)
    return of_state(dossier, look_up, size)


def of_state(dossier: Dossier, look_up: str, size: PaperSize) -> bytes:
    """The slip that belongs to the state the dossier is in, as the desk hands it out after the act."""
    status = LegalStatus(dossier.legal_status)
    if status == LegalStatus.AWAITING_SUPPLEMENT:
        newest = dossier.supplements.order_by("-number").values_list("number", flat=True).first()
        return gathering.supplement(dossier, newest or 0, size=size)
    if status == LegalStatus.RETURNED:
        return gathering.handover(dossier, size=size)
    if status in {LegalStatus.NOT_ACCEPTED, LegalStatus.WITHDRAWN, LegalStatus.STOPPED}:
        is_refused = end_of(dossier).act in {"decline_to_receive", "refuse"}
        return gathering.refusal(dossier, size=size) if is_refused else gathering.stop_notice(dossier, size=size)
    return gathering.receipt(dossier, look_up=look_up, size=size)
