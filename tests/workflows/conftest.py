"""An office everyone knows: a provincial desk, a department, and people in every role."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from offices.models import Membership, Office, Role, User
from procedures.definition import Definition
from procedures.models import ProcedureVersion
from procedures.services import import_definition, offer, publish_version
from sla.calendars import load_calendars
from workflows.models import Dossier, Step
from workflows.services import ApplicantDetails, Intake, finish_step, receive
from workflows.services.intake import PaperGiven
from workflows.services.sweeping import sweep

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=ZONE)


def moment(day: int, hour: int, minute: int = 0, *, month: int = 3, year: int = 2026) -> datetime:
    """An instant in the office's zone; March 2026 has no holiday, and its 2nd is a Monday."""
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


SEVEN_STEPS: list[dict[str, Any]] = [
    {
        "key": "intake",
        "name": "Tiếp nhận",
        "phase": "receive",
        "role": "clerk",
        "time": {"amount": 2},
        "may": ["request_supplement"],
    },
    {"key": "assign", "name": "Phân công", "phase": "process", "role": "division_head", "time": {"amount": 4}},
    {
        "key": "appraise",
        "name": "Thẩm định",
        "phase": "process",
        "role": "specialist",
        "time": {"amount": 58},
        "outcomes": {"forward": "review", "refuse": "refuse"},
        "may": ["request_supplement", "request_payment", "consult"],
    },
    {
        "key": "review",
        "name": "Xem xét",
        "phase": "approve",
        "role": "division_head",
        "time": {"amount": 6},
        "outcomes": {"forward": "sign", "send_back": "appraise"},
    },
    {
        "key": "sign",
        "name": "Ký",
        "phase": "approve",
        "role": "leader",
        "time": {"amount": 8},
        "outcomes": {"approve": "number", "send_back": "appraise"},
    },
    {"key": "number", "name": "Vào sổ", "phase": "return", "role": "registry", "time": {"amount": 2}},
    {"key": "give_back", "name": "Trả kết quả", "phase": "return", "role": "clerk", "time": "none"},
]

PEOPLE = {
    "lan": ("desk", Role.CLERK),
    "hoa": ("desk", Role.CLERK),
    "head": ("department", Role.DIVISION_HEAD),
    "minh": ("department", Role.SPECIALIST),
    "binh": ("department", Role.SPECIALIST),
    "leader": ("department", Role.LEADER),
    "registry": ("department", Role.REGISTRY),
    "supervisor": ("province", Role.SUPERVISOR),
    "police": ("police", Role.SPECIALIST),
    "editor": ("province", Role.CATALOGUE_EDITOR),
    "administrator": ("province", Role.ADMINISTRATOR),
}


def definition_of(**changes: Any) -> Definition:
    """A definition with seven steps of 80 hours, ten working days, two papers and a small form."""
    content: dict[str, Any] = {
        "code": "1.005144",
        "name": "Miễn, giảm học phí",
        "field": {"code": "G03-GD", "name": "Giáo dục và đào tạo"},
        "level": "province",
        "decision": {"number": "1/QĐ-UBND", "issued_on": date(2025, 11, 19)},
        "valid_from": date(2010, 1, 1),
        "limits": [{"channel": ["desk", "post", "online"], "amount": 10, "unit": "working_day"}],
        "documents": [
            {"key": "application", "name": "Đơn đề nghị", "originals": 1, "required": True},
            {"key": "proof", "name": "Giấy xác nhận", "originals": 1, "required": True},
            {"key": "id_card", "name": "Căn cước", "replaced_by": "Cơ sở dữ liệu quốc gia về dân cư"},
        ],
        "form": [
            {"kind": "text", "key": "school", "label": "Trường"},
            {"kind": "number", "key": "area", "label": "Diện tích", "min": 0, "max": 100000},
        ],
        "result": {"name": "Quyết định"},
        "steps": SEVEN_STEPS,
    }
    return Definition.model_validate(content | changes)


def published(definition: Definition, *offices: Office) -> ProcedureVersion:
    """Import and publish a definition, and let offices handle it."""
    version = import_definition(spec=definition, at=moment(1, 8, year=2020))
    version = publish_version(version=version, at=moment(1, 9, year=2020))
    for office in offices:
        offer(version.procedure, office)
    return version


@pytest.fixture
def offices(db: None) -> SimpleNamespace:
    load_calendars()
    province = Office.objects.create(name="UBND tỉnh", short_name="UBND", code="H40", level="province")
    desk = Office.objects.create(
        name="Trung tâm PVHCC", short_name="TTPVHCC", code="H40.01", level="province", parent=province, is_desk=True
    )
    department = Office.objects.create(
        name="Sở Giáo dục và Đào tạo", short_name="Sở GDĐT", code="H40.15", level="province", parent=province
    )
    police = Office.objects.create(
        name="Công an tỉnh", short_name="Công an", code="H40.20", level="province", parent=province
    )
    return SimpleNamespace(province=province, desk=desk, department=department, police=police)


@pytest.fixture
def people(offices: SimpleNamespace) -> SimpleNamespace:
    found = SimpleNamespace()
    for name, (office, role) in PEOPLE.items():
        user = User.objects.create_user(name, "secret", full_name=name.title())
        Membership.objects.create(user=user, office=getattr(offices, office), role=role, valid_from=date(2000, 1, 1))
        setattr(found, name, user)
    return found


@pytest.fixture
def version(offices: SimpleNamespace) -> ProcedureVersion:
    return published(definition_of(), offices.department)


@pytest.fixture
def intake(offices: SimpleNamespace, version: ProcedureVersion) -> Callable[..., Intake]:
    def make(**changes: Any) -> Intake:
        values: dict[str, Any] = {
            "version_id": version.pk,
            "receiving_office_id": offices.desk.pk,
            "handling_office_id": offices.department.pk,
            "applicant": ApplicantDetails(
                full_name="Nguyễn Thị Ánh Tuyết", identifier="040190000001", phone="0912345678"
            ),
            "papers": (PaperGiven(key="application", originals=1), PaperGiven(key="proof", originals=1)),
        }
        return Intake(**values | changes)

    return make


@pytest.fixture
def received(people: SimpleNamespace, intake: Callable[..., Intake]) -> Dossier:
    return receive(intake=intake(), by=people.lan, at=MONDAY)


def open_step(dossier: Dossier, key: str | None = None) -> Step:
    """The only open step of a dossier, or the open one with this key."""
    steps = Step.objects.open().filter(process=dossier)
    return steps.get(key=key) if key else steps.get()


@pytest.fixture
def in_process(received: Dossier, people: SimpleNamespace) -> Dossier:
    """Taken in and assigned: it waits for its appraisal."""
    for key, who in (("intake", people.lan), ("assign", people.head)):
        step = open_step(received, key)
        at = received.last_act_at + timedelta(minutes=10)
        finish_step(step_id=step.pk, outcome=step.flow_task.main_outcome, by=who, at=at)
        received.refresh_from_db()
    return received


@pytest.fixture
def sweep_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """The real sweep, at an instant of the past."""

    def run(at: datetime) -> None:
        for module in ("sweeping", "owing"):
            monkeypatch.setattr(f"workflows.services.{module}.database_now", lambda: at)
        sweep()

    return run
