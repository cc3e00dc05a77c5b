"""People, the offices they work in, the roles they hold there, and who stands in for them."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person may do in an office."""

    CLERK = "clerk", _("Desk clerk")
    DIVISION_HEAD = "division_head", _("Division head")
    SPECIALIST = "specialist", _("Specialist")
    LEADER = "leader", _("Leader")
    REGISTRY = "registry", _("Registry")
    SUPERVISOR = "supervisor", _("Supervisor")
    CATALOGUE_EDITOR = "catalogue_editor", _("Catalogue editor")
    ADMINISTRATOR = "administrator", _("Administrator")


class UserManager(BaseUserManager["User"]):
    """Creates people; there is no superuser, every right comes from a membership."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> User:
        """Create a person who can log in with `password` (none: cannot log in)."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who logs in; deactivated when they leave, never deleted."""

    username = models.CharField(_("user name"), max_length=150, unique=True)
    full_name = models.CharField(_("full name"), max_length=150)
    title = models.CharField(_("position"), max_length=150, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(
        _("language"), max_length=2, default="vi", choices=[("vi", "Tiếng Việt"), ("en", "English")]
    )
    theme = models.CharField(
        _("light or dark"),
        max_length=5,
        blank=True,
        choices=[("", _("as the computer")), ("light", _("light")), ("dark", _("dark"))],
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.full_name or self.username


class Office(models.Model):
    """A unit of the administration; offices form a tree."""

    class Level(models.TextChoices):
        MINISTRY = "ministry", _("ministry")
        PROVINCE = "province", _("province")
        COMMUNE = "commune", _("commune")

    name = models.CharField(_("name"), max_length=250)
    short_name = models.CharField(_("short name"), max_length=60)
    code = models.CharField(
        _("agency code"),
        max_length=35,
        unique=True,
        help_text=_("Identifier of the agency, for example H24.15 (Decision 20/2020)."),
    )
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("office above")
    )
    calendar_code = models.SlugField(_("working calendar"), default="default")
    address = models.CharField(_("address"), max_length=250, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    is_desk = models.BooleanField(_("receives dossiers"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering: ClassVar = ["code"]
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z0-9]+(\.[A-Z0-9]+)*$"),
                name="office_code_form",
                violation_error_message=_(
                    "An agency code has groups of capital letters and digits, separated by dots: H24.15."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name


class DatedQuerySet(models.QuerySet):
    """Rows that hold from a day to a day, both included; an empty last day means until further notice."""

    def on(self, day: date) -> DatedQuerySet:
        """Rows that hold on `day` (a day of the office's calendar)."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)

    def overlapping(self, first: date, last: date | None) -> DatedQuerySet:
        """Rows that hold on a day from `first` to `last`, both included; None means for ever."""
        rows = self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=first))
        return rows if last is None else rows.filter(valid_from__lte=last)


class Membership(models.Model):
    """One person holds one role in one office, from a day to a day."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name=_("person"))
    office = models.ForeignKey(Office, models.PROTECT, related_name="memberships", verbose_name=_("office"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["office_id", "role", "user_id"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        indexes: ClassVar = [models.Index(fields=["office", "role"], name="membership_office_role")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "office", "role", "valid_from"], name="membership_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="membership_days_in_order",
                violation_error_message=_("The last day must not lie before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.office}"


class Absence(models.Model):
    """A person is away from a day to a day, both included, and another stands in."""

    absentee = models.ForeignKey(User, models.PROTECT, related_name="absences", verbose_name=_("absent person"))
    stand_in = models.ForeignKey(User, models.PROTECT, related_name="stand_ins", verbose_name=_("stand-in"))
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=250, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-valid_from"]
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(absentee=F("stand_in")),
                name="absence_stand_in_is_another",
                violation_error_message=_("Nobody can stand in for themselves. Choose another person."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="absence_days_in_order",
                violation_error_message=_("The last day must not lie before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absentee} → {self.stand_in}"
