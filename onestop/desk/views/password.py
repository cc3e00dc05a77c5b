"""One's own password."""

from __future__ import annotations

from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeDoneView, PasswordChangeView
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils import timezone

from offices.models import User
from offices.services import change_own_password
from onestop.desk.access import desk_page
from onestop.desk.answering import answering


class OwnPasswordForm(PasswordChangeForm):
    """The present password, and the new one twice."""

    def save(self, commit: bool = True) -> User:
        """Store the new password through the service."""
        old, new = self.cleaned_data["old_password"], self.cleaned_data["new_password1"]
        changed = change_own_password(old=old, new=new, by=self.user, at=timezone.now())
        self.user.password = changed.password
        return changed


class OwnPassword(PasswordChangeView):
    """The form; the person stays logged in here, and nowhere else."""

    form_class = OwnPasswordForm
    success_url = reverse_lazy("desk:password_done")

    def form_invalid(self, form: PasswordChangeForm) -> HttpResponse:
        """Show what is wrong beside the fields."""
        response = super().form_invalid(form)
        response.status_code = 422
        return response


password = desk_page()(answering(OwnPassword.as_view()))
password_done = desk_page()(PasswordChangeDoneView.as_view())
