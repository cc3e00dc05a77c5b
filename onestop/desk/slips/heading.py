"""The agency's heading of a slip: which form it is, under which number of its series, where and on which day."""

from __future__ import annotations

import re
from datetime import date, datetime

from django.utils.text import capfirst
from django.utils.timezone import localtime

from offices.models import Office
from onestop.desk.slips.content import Letterhead
from sla.rulebook import rulebook_named
from workflows.models import Dossier, SlipKind
from workflows.services.slip_numbers import number_of

TITLES = re.compile(r"^(ủy ban nhân dân|ubnd|sở|phòng)\s+", re.IGNORECASE)
PLACES = re.compile(r"^(tỉnh|thành phố|phường|xã|đặc khu|quận|huyện|thị xã)\s+", re.IGNORECASE)
# The letters behind the number of a slip.
SIGNS = {
    SlipKind.RECEIPT: "TNHS",
    SlipKind.SUPPLEMENT: "PBS",
    SlipKind.REFUSAL: "PTC",
    SlipKind.APOLOGY: "PXL",
    SlipKind.STOP: "TBD",
    SlipKind.CONTROL: "PKS",
}
WITHOUT_A_FORM = {SlipKind.STOP: "Thông báo dừng giải quyết hồ sơ"}


def heading_of(
    kind: SlipKind,
    dossier: Dossier,
    office: Office,
    at: datetime,
    *,
    round_: int = 1,
    by_id: int | None = None,
    has_form: bool = True,
) -> Letterhead:
    """The heading of a slip with a form and a series of its own.

    Args:
        kind: what the slip is for; the dossier's rulebook says which form that is.
        dossier, office: whose slip, and who gives it out.
        at: when it was made (aware).
        round_: the how-many-eth of its kind on the dossier.
        by_id: who made it.
        has_form: False where the law has no form for this case of it.
    """
    book = rulebook_named(dossier.rulebook)
    form = book.form_for(kind) if has_form else None
    slip = number_of(dossier, kind, round_=round_, at=at, by_id=by_id)
    return letterhead(
        office,
        at,
        number=f"{slip.number:02d}/{SIGNS[kind]}",
        title=form.title if form else WITHOUT_A_FORM[kind],
        form=form.number if form else "",
        forms_clause=book.forms_clause if form else "",
    )


def letterhead(
    office: Office, on: datetime | date, *, number: str, title: str, form: str = "", forms_clause: str = ""
) -> Letterhead:
    """The heading of any paper of an office."""
    day = localtime(on).date() if isinstance(on, datetime) else on
    superior = office.parent.name if office.parent else ""
    return Letterhead(superior, office.name, place_of(office), day, number, title, form, forms_clause)


def serial_of(code: str) -> str:
    """The serial of the day in a file code: the number of papers that have no series of their own."""
    return code.rsplit("-", 1)[-1]


def place_of(office: Office) -> str:
    """The place an official paper is dated at: the name of the commune or province the office belongs to."""
    above = office.parent or office
    return capfirst(PLACES.sub("", TITLES.sub("", above.name)))
