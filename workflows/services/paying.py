"""The applicant owes a fee before the work goes on: the clocks pause until it is paid."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from offices.models import Role, User
from sla.timekeeping import Party
from workflows.exceptions import NotComplete, NotPossibleNow
from workflows.models import Dossier, PaymentRequest
from workflows.services.doubting import flag_doubtful_stop
from workflows.services.holding import begin
from workflows.services.locking import lock_dossier, open_steps_of
from workflows.services.pausing import start_clocks_again, stop_clocks


@transaction.atomic
def request_payment(
    *, step_id: int, name: str, amount: Decimal, by: User, at: datetime | None = None, seen: int | None = None
) -> Dossier:
    """Ask the applicant to pay; the clocks pause.

    Args:
        name: what the fee is for.
        amount: whole dong, more than 0.

    Raises:
        NotAllowed, NotComplete
        NotPossibleNow: the step may not ask for a payment, or the dossier waits already.

    Source: practice of state 6, domain §2.3; the effect on the clock is the definition's.
    """
    act = begin(step_id, "request_payment", by, at, seen)
    act.require_unheld()
    if "request_payment" not in act.the_step.flow_task.spec.may:
        raise NotPossibleNow(_("This step may not ask for a payment. Ask the catalogue editor if it should."))
    if amount <= 0 or amount != amount.to_integral_value():
        raise NotComplete(
            _("The amount must be whole dong, more than 0."),
            fields={"amount": _("Type an amount, for example 50.000.")},
        )
    if not name.strip():
        raise NotComplete(_("Say what the payment is for."), fields={"name": _("Type the name of the fee.")})
    act.others = act.others or open_steps_of(act.dossier, besides=act.the_step.pk)
    PaymentRequest.objects.create(
        dossier=act.dossier,
        step=act.the_step,
        asked_from=act.dossier.legal_status,
        name=name.strip(),
        amount=amount,
        requested_by=by,
        requested_at=act.at,
    )
    act.data = {"name": name.strip(), "amount": str(amount)}
    act.dossier.mark_awaiting_payment()
    flag_doubtful_stop(act)
    rule = act.definition.payment
    stop_clocks(act, Party.payment(), silent=rule.effect == "pause_only", clause=rule.clause)
    return act.save()


@transaction.atomic
def confirm_payment(
    *, dossier_id: int, receipt_number: str = "", by: User, at: datetime | None = None, seen: int | None = None
) -> Dossier:
    """Note that the applicant paid; the clocks run on with what remained.

    Raises:
        NotAllowed: the person is no clerk of the receiving office.
        NotPossibleNow: no payment is asked for.
    """
    act = lock_dossier(dossier_id=dossier_id, name="confirm_payment", by=by, at=at)
    act.act_as(Role.CLERK, act.dossier.receiving_office_id)
    act.require_status()
    act.require_seen(seen)
    request = act.dossier.payments.get(confirmed_at__isnull=True)
    request.confirmed_by, request.confirmed_at, request.receipt_number = by, act.at, receipt_number.strip()
    request.save(update_fields=["confirmed_by", "confirmed_at", "receipt_number"])
    act.data = {"name": request.name, "amount": str(request.amount), "receipt_number": receipt_number.strip()}
    act.dossier.mark_paid(asked_from=request.asked_from)
    act.changed.add("legal_status")
    rule = act.definition.payment
    start_clocks_again(act, effect=rule.effect.value, clause=rule.clause)
    return act.save()
