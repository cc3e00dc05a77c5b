"""A file on the counter, as the browser sends it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from workflows.models import Dossier

TYPED: dict[str, Any] = {
    "kind": "person",
    "identifier": "040190000001",
    "full_name": "Nguyễn Thị Ánh Tuyết",
    "phone": "0912345678",
    "address": "Số 12 Lê Lợi",
    "channel": "desk",
    "paper": ["application", "proof"],
    "answer_school": "THCS Lê Lợi",
}


def typed(version: Any, offices: Any, **changes: Any) -> dict[str, Any]:
    """Everything a clerk typed for a complete file, with changes; None leaves a field out."""
    places = {"receiving_office": offices.desk.pk, "handling_office": offices.department.pk}
    values = TYPED | places | {"procedure": version.procedure_id, "token": uuid4().hex} | changes
    return {name: value for name, value in values.items() if value is not None}


def end(client: Client, values: dict[str, Any], how: str = "receive") -> HttpResponse:
    """Press one of the ends."""
    return client.post(reverse("desk:receive"), values | {"end": how})


def only_dossier() -> Dossier:
    """The one dossier there is."""
    return Dossier.objects.get()
