"""Every address of the program with who may open it: the table that the walks follow.

A case says what each person of the office is answered. Whoever is in `may` gets `status`, whoever is in `hidden` gets
404 (the thing does not exist for them), everybody else 403, and somebody who is not logged in is sent to the login.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from offices.models import Role
from procedures.writing import as_yaml
from tests.desk.office_at_work import World
from tests.workflows.papers import pdf

# Who walks, and for which role.
WALKERS: dict[str, str] = {
    "lan": Role.CLERK,
    "minh": Role.SPECIALIST,
    "head": Role.DIVISION_HEAD,
    "leader": Role.LEADER,
    "registry": Role.REGISTRY,
    "supervisor": Role.SUPERVISOR,
    "editor": Role.CATALOGUE_EDITOR,
    "administrator": Role.ADMINISTRATOR,
}
OTHER_OFFICE = "police"  # a specialist who has nothing to do with most of the dossiers
EVERYBODY = frozenset({*WALKERS, OTHER_OFFICE})
DEPARTMENT = frozenset({"minh", "head", "leader", "registry"})
HANDLERS = DEPARTMENT | {"lan", OTHER_OFFICE}
READERS = DEPARTMENT | {"lan", "supervisor"}
APPROVERS = frozenset({"head", "leader"})
CLERK, SUPERVISOR = frozenset({"lan"}), frozenset({"supervisor"})
EDITOR, ADMINISTRATOR = frozenset({"editor"}), frozenset({"administrator"})
KEEPERS = SUPERVISOR | ADMINISTRATOR
LEADER = frozenset({"leader"})
STRANGER = frozenset({OTHER_OFFICE})

Made = Callable[[World], Any]


@dataclass(frozen=True)
class Case:
    """One address: how to open it, and who is answered what."""

    name: str
    may: frozenset[str] = EVERYBODY
    args: Made = lambda world: []
    query: str = ""
    post: Made | None = None
    status: int = 200
    hidden: frozenset[str] = frozenset()
    public: bool = False
    anonymous: int = 302
    is_page: bool = True
    htmx: bool = False
    looked_at_by: frozenset[str] = frozenset()  # in the browser; empty: everybody, where the page differs by role

    def url(self, world: World) -> str:
        """The address in this world."""
        return reverse(self.name, args=self.args(world)) + self.query.format_map(vars(world))

    def is_shown_to(self, person: str) -> bool:
        """Whether it is a page that this person sees."""
        return self.is_page and self.post is None and self.expected(person) == 200

    def first_reader(self) -> str:
        """The first who sees the page; "" where no login is needed, and where nobody does."""
        return next((person for person in ("", *WALKERS) if self.is_shown_to(person)), "")

    def expected(self, person: str) -> int:
        """What somebody is answered; "" is nobody logged in."""
        if not person:
            return self.anonymous
        if person in self.may:
            return self.status
        return 404 if person in self.hidden else 403


def acts(name: str, may: frozenset[str], args: Made, post: Made, **changes: Any) -> Case:
    """An address that only changes something; whoever may is sent on."""
    return Case(name, may, args, post=post, **({"status": 302} | changes))


def part(name: str, may: frozenset[str], args: Made = lambda world: [], **changes: Any) -> Case:
    """An address that answers a part of a page, or a file."""
    return Case(name, may, args, is_page=False, **({"htmx": True} | changes))


def register_of(world: World) -> list[Any]:
    """The volume of the desk's register."""
    return [world.offices.desk.pk, 2026, 1]


CASES: tuple[Case, ...] = (
    # Without a login
    Case("portal:home", status=302, anonymous=200, public=True),
    Case("portal:lookup", query="?code=H40.01-260302-0001", anonymous=200, public=True),
    Case("portal:why", query="?code=H40.01-260302-0001", anonymous=200, public=True),
    Case("portal:phone", args=lambda w: ["nobody-made-it"], status=410, anonymous=410, public=True),
    Case("portal:hall_device", args=lambda w: ["nobody-knows-it"], status=403, anonymous=403, public=True),
    Case("portal:booking_desks", anonymous=200, public=True),
    Case("portal:booking", args=lambda w: [w.hall.pk], anonymous=200, public=True),
    Case("portal:hall_kiosk", status=403, anonymous=403, public=True),
    Case("portal:hall_display", status=403, anonymous=403, public=True),
    part("portal:hall_display_now", EVERYBODY, status=403, anonymous=403, public=True, htmx=False),
    Case("portal:hall_ticket", args=lambda w: [w.ticket.key], anonymous=200, public=True),
    Case("login", status=302, anonymous=200, public=True),
    part("portal:keys", EVERYBODY, anonymous=200, public=True, htmx=False),
    acts("logout", EVERYBODY, lambda w: [], lambda w: {}, public=True),
    acts("set_language", EVERYBODY, lambda w: [], lambda w: {"language": "vi"}, public=True),
    acts("set_theme", EVERYBODY, lambda w: [], lambda w: {"theme": "dark"}, public=True),
    # Frame
    Case("desk:home", status=302),
    part("desk:rail", EVERYBODY),
    Case("desk:styleguide", looked_at_by=CLERK),
    # My work
    Case("desk:my_work", HANDLERS),
    part("desk:step", READERS - SUPERVISOR | STRANGER, lambda w: [w.asking.pk]),
    acts("desk:many_steps", HANDLERS, lambda w: [], lambda w: {"act": "claim"}),
    acts("desk:work_columns", HANDLERS, lambda w: [], lambda w: {"column": "step"}),
    acts("desk:work_filter_keep", HANDLERS, lambda w: [], lambda w: {"name": "Gấp", "query": "held=mine"}),
    acts("desk:work_filter_drop", HANDLERS, lambda w: [], lambda w: {"name": "Gấp"}),
    acts("desk:undo", HANDLERS, lambda w: [], lambda w: {"act": f"{w.asked.pk}:1"}),
    acts("desk:step_act", frozenset({"minh"}), lambda w: [w.asking.pk, "claim"], lambda w: {"seen": w.asked.acts}),
    part("desk:question", STRANGER, lambda w: [w.question.pk], hidden=HANDLERS),
    acts("desk:answer", STRANGER, lambda w: [w.question.pk], lambda w: {"answer": "Đồng ý"}, hidden=HANDLERS),
    # Approve
    Case("desk:approve", APPROVERS),
    Case("desk:approve_summary", APPROVERS, status=302),
    acts("desk:approve_many", APPROVERS, lambda w: [], lambda w: {}),
    # Hand over results
    Case("desk:return", CLERK),
    acts("desk:hand_over_result", CLERK, lambda w: [w.decided.pk], lambda w: {}, status=422),
    # Search, notices
    Case("desk:search", query="?q=khong-co-ai", looked_at_by=CLERK),
    Case("desk:notices", looked_at_by=CLERK | SUPERVISOR),
    acts("desk:notices_seen", EVERYBODY, lambda w: [], lambda w: {"up_to": "1"}),
    Case("desk:assignment", ADMINISTRATOR | {"head"}),
    acts("desk:assignment_end", ADMINISTRATOR | {"head"}, lambda w: [w.rule.pk], lambda w: {}),
    Case("desk:ladders", SUPERVISOR | ADMINISTRATOR),
    Case("desk:ladder", ADMINISTRATOR, lambda w: ["default"]),
    Case("desk:ladder_add", ADMINISTRATOR),
    acts("desk:ladder_choice_end", SUPERVISOR | ADMINISTRATOR, lambda w: [w.ladder_choice.pk], lambda w: {}),
    Case("desk:outbox", SUPERVISOR | ADMINISTRATOR),
    acts("desk:outbox_try", SUPERVISOR | ADMINISTRATOR, lambda w: [w.letter.pk], lambda w: {}),
    # Receiving
    Case("desk:receive", CLERK),
    part("desk:receive_suggest", CLERK, query="?q=mien"),
    part("desk:receive_applicant", CLERK, post=lambda w: {"procedure": w.procedure.pk, "identifier": "040190000001"}),
    part("desk:receive_date", CLERK, query="?procedure={procedure.pk}&channel=desk"),
    part("desk:incoming_files", CLERK, query="?procedure={procedure.pk}&draft={counter}"),
    part(
        "desk:incoming_add",
        CLERK,
        post=lambda w: {"procedure": w.procedure.pk, "draft": w.counter, "file": pdf()},
        status=204,
    ),
    part("desk:incoming", CLERK, lambda w: [w.incoming.key], hidden=HANDLERS - CLERK),
    part("desk:incoming_thumbnail", CLERK, lambda w: [w.incoming.key], hidden=HANDLERS - CLERK),
    part(
        "desk:incoming_lay",
        CLERK,
        lambda w: [w.incoming.key],
        post=lambda w: {"procedure": w.procedure.pk, "draft": w.counter, "document": "proof"},
    ),
    part(
        "desk:incoming_drop", CLERK, lambda w: [w.incoming.key], post=lambda w: {}, status=204, hidden=HANDLERS - CLERK
    ),
    part(
        "desk:incoming_reuse",
        CLERK,
        post=lambda w: {"procedure": w.procedure.pk, "draft": w.counter, "reuse": f"{w.paper.pk}:proof"},
    ),
    part("desk:phone_at_counter", CLERK, post=lambda w: {"procedure": w.procedure.pk, "draft": w.counter}),
    part("desk:phone_close", HANDLERS, post=lambda w: {}, status=204),
    part("desk:receive_draft", CLERK, post=lambda w: {"procedure": w.procedure.pk}),
    acts("desk:receive_draft_drop", CLERK, lambda w: ["0b1e7c9a-0000-4000-8000-000000000001"], lambda w: {}),
    Case("desk:online", CLERK),
    # Register
    Case("desk:registers", CLERK | SUPERVISOR | LEADER, looked_at_by=CLERK),
    Case("desk:register", CLERK | SUPERVISOR, register_of, hidden=LEADER, looked_at_by=SUPERVISOR),
    part("desk:register_file", CLERK | SUPERVISOR, lambda w: [*register_of(w), "pdf"], hidden=LEADER, htmx=False),
    acts("desk:register_close", SUPERVISOR, lambda w: register_of(w)[:2], lambda w: {}),
    # Long work
    Case("desk:jobs", looked_at_by=CLERK),
    Case("desk:job", CLERK, lambda w: [w.job.pk], hidden=EVERYBODY - CLERK),
    part("desk:job_file", CLERK, lambda w: [w.job.pk], hidden=EVERYBODY - CLERK, htmx=False),
    acts(
        "desk:print_slips",
        READERS | STRANGER,
        lambda w: [],
        lambda w: {"dossier": [w.asked.pk], "slip": "receipt"},
        status=200,
    ),
    # Dossier
    Case("desk:dossier", READERS | STRANGER, lambda w: [w.asked.pk]),
    acts("desk:dossier_act", CLERK | {"minh"}, lambda w: [w.asked.pk, "correct_data"], lambda w: {}, status=422),
    Case("desk:deadline", READERS | STRANGER, lambda w: [w.asked.pk], looked_at_by=CLERK),
    part("desk:deadline_data", READERS, args=lambda w: [w.paused.pk], hidden=STRANGER),
    part("desk:deadline_certificate", READERS, args=lambda w: [w.signing.pk], hidden=STRANGER),
    part("desk:paper_thumbnail", READERS, args=lambda w: [w.signing.pk, w.paper.pk], hidden=STRANGER),
    part("desk:note_add", READERS, lambda w: [w.signing.pk], post=lambda w: {"text": "Đã gọi điện"}, hidden=STRANGER),
    part("desk:note_people", READERS, lambda w: [w.signing.pk], query="?q=mi", hidden=STRANGER),
    part(
        "desk:note_strike",
        SUPERVISOR,
        lambda w: [w.signing.pk, w.note.pk],
        post=lambda w: {},
        hidden=STRANGER,
    ),
    part("desk:dossier_files", DEPARTMENT | CLERK, args=lambda w: [w.signing.pk], hidden=STRANGER),
    part(
        "desk:dossier_file_keep",
        CLERK,
        lambda w: [w.signing.pk, w.incoming.key],
        post=lambda w: {"document": "proof"},
        status=204,
        hidden=HANDLERS - CLERK,
    ),
    part("desk:phone_for_dossier", DEPARTMENT | CLERK, lambda w: [w.signing.pk], post=lambda w: {}, hidden=STRANGER),
    part("desk:paper", READERS, args=lambda w: [w.signing.pk, w.paper.pk], hidden=STRANGER),
    part("desk:receipt", READERS, args=lambda w: [w.signing.pk], hidden=STRANGER),
    part("desk:supplement_slip", READERS, args=lambda w: [w.paused.pk, 1], hidden=STRANGER),
    part("desk:refusal_slip", CLERK | SUPERVISOR, args=lambda w: [w.declined.pk], hidden=HANDLERS),
    part("desk:stop_slip", READERS, args=lambda w: [w.stopped.pk], hidden=STRANGER),
    part("desk:apology_slip", READERS, args=lambda w: [w.signing.pk], hidden=STRANGER),
    Case("desk:control", READERS, lambda w: [w.signing.pk], hidden=STRANGER, looked_at_by=CLERK | APPROVERS),
    acts(
        "desk:take_over",
        frozenset({"leader"}),
        lambda w: [w.signing.pk, w.sign_step.pk],
        lambda w: {"note": "Đủ"},
        hidden=STRANGER,
    ),
    part("desk:control_slip", READERS, args=lambda w: [w.signing.pk], hidden=STRANGER),
    part("desk:handover_slip", READERS, args=lambda w: [w.returned.pk], hidden=STRANGER),
    # Supervise
    Case("desk:supervise", SUPERVISOR),
    part("desk:supervise_now", SUPERVISOR, htmx=False),
    Case("desk:supervise_table", SUPERVISOR),
    Case("desk:supervise_heat", SUPERVISOR),
    Case("desk:supervise_weeks", SUPERVISOR),
    Case("desk:supervise_hours", SUPERVISOR),
    Case("desk:supervise_causes", SUPERVISOR),
    part("desk:supervise_file", SUPERVISOR, args=lambda w: ["table", "csv"], htmx=False),
    Case("desk:flag", READERS, lambda w: [w.flag.pk], hidden=STRANGER),
    acts(
        "desk:flag_review",
        SUPERVISOR,
        lambda w: [w.flag.pk],
        lambda w: {"finding": "justified", "words": "Đã hỏi chuyên viên"},
    ),
    Case("desk:apologies", APPROVERS | SUPERVISOR),
    part("desk:apologies_csv", APPROVERS | SUPERVISOR, htmx=False),
    Case("desk:consents", SUPERVISOR),
    Case("desk:breaches", READERS | STRANGER),
    Case(
        "desk:breach",
        APPROVERS | SUPERVISOR,
        lambda w: [w.review.pk],
        hidden=(READERS | STRANGER) - APPROVERS - SUPERVISOR,
    ),
    # The waiting hall
    Case("desk:hall", CLERK),
    part("desk:hall_now", CLERK),
    acts("desk:hall_act", CLERK, lambda w: ["next"], lambda w: {"hall": w.hall.pk}),
    Case("desk:hall_appointments", CLERK, query="?day=2026-03-02"),
    acts("desk:hall_appointment_end", CLERK, lambda w: [w.appointment.pk], lambda w: {"status": "cancelled"}),
    Case("desk:hall_waits", SUPERVISOR),
    Case("desk:hall_tickets", SUPERVISOR),
    part("desk:hall_waits_file", SUPERVISOR, args=lambda w: ["hour", "csv"], htmx=False),
    Case("desk:hall_setup_list", ADMINISTRATOR),
    Case("desk:hall_setup", ADMINISTRATOR, lambda w: [w.hall.pk]),
    acts("desk:hall_device_away", ADMINISTRATOR, lambda w: [w.hall.pk], lambda w: {"device": w.device.pk}),
    # Catalogue
    Case("desk:catalogue", looked_at_by=CLERK | EDITOR),
    Case("desk:rulebooks", looked_at_by=CLERK | ADMINISTRATOR),
    Case("desk:rulebook_move", ADMINISTRATOR, query="?source=nd-118-2025&target=nd-309-2026"),
    Case("desk:procedure", args=lambda w: [w.procedure.pk], looked_at_by=CLERK | EDITOR),
    Case("desk:form_preview", args=lambda w: [w.procedure.pk, 1], looked_at_by=EDITOR),
    part("desk:blank_form", EVERYBODY, args=lambda w: [w.procedure.pk, 1], htmx=False),
    part("desk:application_form", READERS | STRANGER, args=lambda w: [w.asked.pk], htmx=False),
    part("desk:draft_form", CLERK, args=lambda w: ["0b1e7c9a-0000-4000-8000-000000000001"], status=404, htmx=False),
    Case("desk:procedure_compare", args=lambda w: [w.procedure.pk], looked_at_by=EDITOR),
    Case("desk:procedure_dry_run", args=lambda w: [w.procedure.pk], looked_at_by=EDITOR),
    Case("desk:process_import", EDITOR),
    part("desk:process_export", EVERYBODY, lambda w: [w.procedure.pk, 1, "xlsx"], htmx=False),
    Case("desk:draft", EDITOR, lambda w: [w.drafted.procedure_id]),
    acts("desk:draft_begin", EDITOR, lambda w: [w.drafted.procedure_id], lambda w: {}),
    acts("desk:draft_save", EDITOR, lambda w: [w.drafted.procedure_id], lambda w: {"name": "Thủ tục thử"}),
    acts("desk:draft_shape", EDITOR, lambda w: [w.drafted.procedure_id], lambda w: {"shape": "add fees"}),
    acts("desk:draft_write", EDITOR, lambda w: [w.drafted.procedure_id], lambda w: {"yaml": as_yaml(w.drafted.spec)}),
    acts("desk:draft_discard", EDITOR, lambda w: [w.drafted.procedure_id], lambda w: {}),
    acts("desk:procedure_publish", EDITOR, lambda w: [w.procedure.pk], lambda w: {}),
    acts("desk:procedure_withdraw", EDITOR, lambda w: [w.procedure.pk, 1], lambda w: {"reason": "Bãi bỏ"}),
    acts("desk:procedure_offering", EDITOR, lambda w: [w.procedure.pk], lambda w: {"office": w.offices.police.pk}),
    acts("desk:procedure_offering_end", EDITOR, lambda w: [w.procedure.pk, w.offices.department.pk], lambda w: {}),
    acts(
        "desk:procedure_officer",
        EDITOR,
        lambda w: [w.procedure.pk],
        lambda w: {"office": w.offices.department.pk, "role": "specialist", "user": w.people.binh.pk},
    ),
    acts("desk:procedure_officer_end", EDITOR, lambda w: [w.procedure.pk, w.officer.pk], lambda w: {}),
    # Calendars
    Case("desk:calendars", looked_at_by=CLERK | ADMINISTRATOR),
    Case("desk:calendar", args=lambda w: ["default"], looked_at_by=CLERK | ADMINISTRATOR),
    part("desk:calendar_moves", EVERYBODY, args=lambda w: ["default"]),
    part("desk:calendar_ical", EVERYBODY, args=lambda w: ["default"]),
    Case("desk:calendar_close", KEEPERS, looked_at_by=ADMINISTRATOR),
    Case("desk:calendar_act", KEEPERS, lambda w: [w.calendar_draft.act_key], looked_at_by=ADMINISTRATOR),
    Case("desk:calendar_preview", KEEPERS, lambda w: [w.calendar_draft.act_key]),
    acts(
        "desk:calendar_edit",
        KEEPERS,
        lambda w: [w.calendar_draft.act_key, "make_up"],
        lambda w: {"day": "2027-03-06", "year": "2027"},
    ),
    acts("desk:calendar_draft", KEEPERS, lambda w: ["short-day"], lambda w: {}, status=422),
    acts("desk:calendar_import", KEEPERS, lambda w: ["short-day"], lambda w: {}, status=422),
    acts("desk:calendar_publish", KEEPERS, lambda w: [w.calendar_draft.act_key], lambda w: {}, status=422),
    acts("desk:calendar_catch_up", KEEPERS, lambda w: [w.calendar_draft.act_key], lambda w: {}, status=409),
    acts("desk:calendar_discard", KEEPERS, lambda w: [w.calendar_draft.act_key], lambda w: {}),
    # People, offices, absences
    Case("desk:people", ADMINISTRATOR),
    Case("desk:person_add", ADMINISTRATOR),
    Case("desk:person", ADMINISTRATOR, lambda w: [w.people.lan.pk]),
    Case("desk:person_password", ADMINISTRATOR, lambda w: [w.people.lan.pk], post=lambda w: {}),
    acts("desk:person_access", ADMINISTRATOR, lambda w: [w.people.lan.pk], lambda w: {"active": "no"}),
    acts(
        "desk:person_role",
        ADMINISTRATOR,
        lambda w: [w.people.lan.pk],
        lambda w: {"office": w.offices.desk.pk, "role": "registry", "valid_from": "2026-03-02"},
    ),
    acts(
        "desk:person_role_end",
        ADMINISTRATOR,
        lambda w: [w.people.lan.pk, w.membership.pk],
        lambda w: {"last_day": "2030-03-02"},
    ),
    Case("desk:offices", ADMINISTRATOR),
    Case("desk:office_add", ADMINISTRATOR),
    Case("desk:office", ADMINISTRATOR, lambda w: [w.offices.desk.pk]),
    acts("desk:office_activity", ADMINISTRATOR, lambda w: [w.offices.police.pk], lambda w: {"active": "yes"}),
    Case("desk:absences", looked_at_by=CLERK | APPROVERS | ADMINISTRATOR),
    acts(
        "desk:absence_end",
        frozenset({"minh", "head", "leader", "supervisor", "administrator"}),
        lambda w: [w.absence.pk],
        lambda w: {"last_day": str(w.absence.valid_from)},
    ),
    # One's own
    Case("desk:password", looked_at_by=CLERK),
    Case("desk:password_done", looked_at_by=CLERK),
)


def names_of_all_addresses() -> list[str]:
    """Every address of the URLconf by name."""
    return list(_names(get_resolver().url_patterns, ""))


def _names(patterns: list[Any], namespace: str) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else namespace)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"
