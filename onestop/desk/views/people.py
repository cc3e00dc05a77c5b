"""People: who can log in, which roles they hold, and from when to when."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from offices.capacities import local_day
from offices.models import Membership, Office, Role, User
from offices.services import (
    add_membership,
    add_person,
    change_person,
    deactivate_person,
    end_membership,
    reactivate_person,
    set_password,
)
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.answering import accepted, answering, done_and_back
from onestop.desk.forms.administration import KnownPersonForm, LastDayForm, MembershipForm, PersonForm
from onestop.desk.paging import Column, page_of
from onestop.desk.reading.staff import found_people
from onestop.passwords import readable_password

PEOPLE = 50


@desk_page(Role.ADMINISTRATOR)
@require_safe
def people(request: DeskRequest) -> HttpResponse:
    """The list of people with the roles they hold today."""
    wishes = {name: request.GET.get(name, "")[:100] for name in ("q", "office", "former")}
    found = found_people(
        search=wishes["q"],
        office=wishes["office"],
        with_former=bool(wishes["former"]),
        on=local_day(timezone.now()),
    )
    order = (Column("full_name", str), Column("pk"))
    context = {
        "page": page_of(found, order, request.GET, size=PEOPLE, total=found.count()),
        "wishes": wishes,
        "offices": Office.objects.filter(is_active=True),
    }
    return render(request, "desk/people/list.html", context)


@desk_page(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@answering
def add(request: DeskRequest) -> HttpResponse:
    """Add a person; the first password is made up and shown once."""
    form = PersonForm(request.POST or None)
    if form.is_valid():
        password = readable_password()
        change = partial(add_person, **form.cleaned_data, password=password, by=request.user, at=timezone.now())
        person = accepted(form, change)
        if person is not None:
            return password_page(request, person, password)
    return render(request, "desk/people/add.html", {"form": form}, status=422 if form.errors else 200)


def password_page(request: HttpRequest, person: User, password: str) -> HttpResponse:
    """The only page that ever shows a password."""
    return render(request, "desk/people/new_password.html", {"person": person, "password": password})


def found_person(pk: int) -> User:
    """A person, or 404."""
    person = User.objects.filter(pk=pk).first()
    if person is None:
        raise Http404(_("There is no such person. Look for them in the list."))
    return person


@desk_page(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
@answering
def person(request: DeskRequest, pk: int) -> HttpResponse:
    """One person: what is known of them, and their roles."""
    found = found_person(pk)
    form = KnownPersonForm(request.POST or None, instance=found)
    if form.is_valid():
        values = form.cleaned_data
        if accepted(form, partial(change_person, user_id=pk, **values, by=request.user, at=timezone.now())):
            return redirect("desk:person", pk=pk)
    return render_person(request, pk, form=form)


def render_person(request: DeskRequest, pk: int, **forms: Any) -> HttpResponse:
    """The page of one person; `forms` are those that could not be accepted."""
    found = found_person(pk)
    today = local_day(timezone.now())
    context: dict[str, Any] = {
        "person": found,
        "form": KnownPersonForm(instance=found),
        "role": MembershipForm(initial={"valid_from": today}),
        "memberships": found.memberships.select_related("office").order_by("-valid_from", "office__code"),
        "today": today,
    }
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "desk/people/person.html", context | forms, status=status)


@desk_page(Role.ADMINISTRATOR)
@require_POST
@never_cache
@answering
def reset_password(request: DeskRequest, pk: int) -> HttpResponse:
    """Give a person who forgot theirs a new password, shown once."""
    password = readable_password()
    changed = set_password(user_id=pk, password=password, by=request.user, at=timezone.now())
    return password_page(request, changed, password)


@desk_page(Role.ADMINISTRATOR)
@require_POST
@answering
def access(request: DeskRequest, pk: int) -> HttpResponse:
    """End a person's access at once, or give it back."""
    ends = request.POST.get("active") != "yes"
    service = deactivate_person if ends else reactivate_person
    said = _("The person can no longer log in.") if ends else _("The person can log in again.")
    change = partial(service, user_id=pk, by=request.user, at=timezone.now())
    return done_and_back(request, change, said=said, to="desk:person", pk=pk)


@desk_page(Role.ADMINISTRATOR)
@require_POST
@answering
def add_role(request: DeskRequest, pk: int) -> HttpResponse:
    """Give a person a role in an office, from a day on."""
    form = MembershipForm(request.POST)
    if form.is_valid():
        values = {**form.cleaned_data, "office_id": form.cleaned_data["office"].pk}
        del values["office"]
        if accepted(form, partial(add_membership, user_id=pk, **values, by=request.user, at=timezone.now())):
            return redirect("desk:person", pk=pk)
    return render_person(request, pk, role=form)


@desk_page(Role.ADMINISTRATOR)
@require_POST
@answering
def end_role(request: DeskRequest, pk: int, membership_id: int) -> HttpResponse:
    """End a role after a day."""
    if not Membership.objects.filter(pk=membership_id, user=pk).exists():
        raise Http404(_("This person does not hold this role. Look at the list of their roles."))
    form = LastDayForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Name the last day of the role."))
        return redirect("desk:person", pk=pk)
    last_day, at = form.cleaned_data["last_day"], timezone.now()
    change = partial(end_membership, membership_id=membership_id, last_day=last_day, by=request.user, at=at)
    return done_and_back(request, change, said=_("The role ends on that day."), to="desk:person", pk=pk)
