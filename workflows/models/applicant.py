"""The citizen or organisation that hands a dossier in."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Applicant(models.Model):
    """A person or organisation; found again by the identification number."""

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        ORGANISATION = "organisation", _("organisation")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.PERSON)
    identifier = models.CharField(_("identification number"), max_length=20, blank=True)
    full_name = models.CharField(_("full name"), max_length=250)
    address = models.CharField(_("address"), max_length=250, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)

    class Meta:
        verbose_name = _("applicant")
        verbose_name_plural = _("applicants")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["identifier"], condition=~Q(identifier=""), name="applicant_identifier_once"
            )
        ]

    def __str__(self) -> str:
        return self.full_name
