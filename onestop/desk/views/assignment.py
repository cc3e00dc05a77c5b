"""Rules of assignment: which hold, which held, and choosing another."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from offices.models import Office, Role
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.forms.assignment import RuleForm
from workflows.exceptions import NotComplete
from workflows.models import AssignmentRule
from workflows.services.ruling import choose_rule, withdraw_rule

RULED_BY = (Role.DIVISION_HEAD, Role.ADMINISTRATOR)
PAST = 50


@desk_page(*RULED_BY)
@require_http_methods(["GET", "HEAD", "POST"])
def assignment(request: DeskRequest) -> HttpResponse:
    """The rules of the offices the person looks after, and a form to choose one."""
    offices = offices_of(request)
    form = RuleForm(request.POST or None, offices=offices)
    if form.is_valid() and chosen(request, form):
        messages.success(request, _("Steps that open from now on are given by this rule."))
        return redirect("desk:assignment")
    rows = AssignmentRule.objects.filter(office__in=offices).select_related(
        "office", "procedure", "officer", "chosen_by", "ended_by"
    )
    context = {
        "form": form,
        "rules": rows.filter(ended_at__isnull=True).order_by("office__code", "role", "procedure__name"),
        "past": rows.filter(ended_at__isnull=False).order_by("-ended_at", "-pk")[:PAST],
    }
    return render(request, "desk/assignment/page.html", context, status=422 if form.errors else 200)


def chosen(request: DeskRequest, form: RuleForm) -> bool:
    """Whether the rule was accepted; a refusal is shown beside its field."""
    try:
        choose_rule(**form.values(), by=request.user, at=timezone.now())
    except NotComplete as error:
        for name, sentence in error.fields.items():
            form.add_error(name, sentence)
        return False
    return True


def offices_of(request: DeskRequest) -> QuerySet[Office]:
    """Where the person may choose rules."""
    offices = Office.objects.filter(is_active=True).order_by("code")
    if request.capacities.has(Role.ADMINISTRATOR):
        return offices
    return offices.filter(pk__in=request.capacities.offices_as(Role.DIVISION_HEAD))


@desk_page(*RULED_BY)
@require_POST
def end_rule(request: DeskRequest, pk: int) -> HttpResponse:
    """Offer steps to the role again."""
    withdraw_rule(rule_id=pk, by=request.user, at=timezone.now())
    messages.success(request, _("The rule is withdrawn; steps given by it stay where they are."))
    return redirect("desk:assignment")
