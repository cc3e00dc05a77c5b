"""The outbox of an act: who must be told, written in the same transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from workflows.models import Notice

if TYPE_CHECKING:
    from workflows.models import Step
    from workflows.services.act import Act


class NoticeBook:
    """Notices that an act writes, in one statement."""

    def __init__(self, act: Act) -> None:
        self.act = act
        self.rows: list[Notice] = []

    def tell(
        self, topic: str, *, user_id: int | None = None, office_id: int | None = None, role: str = "", **payload: Any
    ) -> None:
        """Tell one person, or everyone in a role of an office; nobody is told of their own act."""
        if user_id is None or user_id != self.act.by.pk:
            self.rows.append(
                Notice(
                    topic=topic,
                    dossier=self.act.dossier,
                    user_id=user_id,
                    office_id=office_id,
                    role=role,
                    payload=payload,
                    created_at=self.act.at,
                )
            )

    def tell_holders(self, step: Step) -> None:
        """Tell whoever may take up a step that was just opened."""
        topic = "step_returned" if step.return_reason else "step_opened"
        payload = {"step": step.key, "step_id": step.pk, "reason": step.return_reason}
        if step.owner_id:
            self.tell(topic, user_id=step.owner_id, **payload)
        elif step.offered_to:
            for user_id in step.offered_to:
                self.tell(topic, user_id=user_id, **payload)
        else:
            self.tell(topic, office_id=step.office_id, role=step.role, **payload)

    def tell_applicant(self) -> None:
        """Tell an applicant with an e-mail address or a telephone that the status changed (R24)."""
        if self.act.dossier.legal_status != self.act.status_before:
            self.write_to_applicant("status_changed", status=self.act.dossier.legal_status)

    def write_to_applicant(self, topic: str, **payload: Any) -> None:
        """Write to the applicant by every way that is open and for which there is an address (R17, R24)."""
        act = self.act
        ways = (
            (Notice.Channel.EMAIL, settings.EMAIL_HOST, "email"),
            (Notice.Channel.HOOK, settings.NOTICE_HOOK_URL, "phone"),
        )
        for channel, is_open, detail in ways:
            address = str(act.dossier.submitter.get(detail) or "")
            if is_open and address:
                self.rows.append(
                    Notice(
                        topic=topic,
                        channel=channel,
                        dossier=act.dossier,
                        address=address,
                        payload=dict(payload),
                        created_at=act.at,
                        next_try_at=act.at,
                    )
                )

    def save(self) -> None:
        """Write the notices of the act just noted in the trail."""
        for step in self.act.opened:
            self.tell_holders(step)
        self.tell_applicant()
        if not self.rows:
            return
        for place, notice in enumerate(self.rows):
            notice.idempotency_key = f"{self.act.dossier.pk}-{self.act.dossier.acts}-{place}"
        Notice.objects.bulk_create(self.rows)
