"""Asking for papers again and again, as the law lets one."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from tests.workflows.conftest import moment
from workflows.models import Dossier, SupplementConsent
from workflows.services import accept_supplement, ask_consent, decide_consent, request_supplement


def asked_once(dossier: Dossier, people: SimpleNamespace, *items: str, day: int = 3) -> None:
    """A first request in the morning, its papers taken in an hour later."""
    names = list(items) or ["Giấy xác nhận"]
    request_supplement(dossier_id=dossier.pk, items=names, reason="Mờ dấu", by=people.minh, at=moment(day, 9))
    accept_supplement(dossier_id=dossier.pk, by=people.lan, at=moment(day, 10))


def wish(dossier: Dossier, by: Any, at: datetime, *items: str, **changes: Any) -> SupplementConsent:
    """Ask a head for the word to ask again."""
    values: dict[str, Any] = {
        "items": list(items) or ["Sổ đăng ký"],
        "reason": "Thiếu căn cứ",
        "new_because": "Trang 2 nêu thêm một cơ sở",
        "reason_code": "found_by_check",
    }
    return ask_consent(dossier_id=dossier.pk, by=by, at=at, **values | changes)


def agreed(dossier: Dossier, people: SimpleNamespace, *items: str, day: int = 4, **changes: Any) -> SupplementConsent:
    """A word that was asked for and given in the same morning."""
    consent = wish(dossier, people.minh, moment(day, 9), *items, **changes)
    return decide_consent(consent_id=consent.pk, granted=True, words="Đồng ý", by=people.head, at=moment(day, 10))
