"""Halls, what people come for, counters, devices, tickets, and appointments."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from offices.models import Office, User


class Hall(models.Model):
    """The waiting hall of a desk; a desk without one works all the same."""

    office = models.OneToOneField(Office, models.PROTECT, related_name="hall", verbose_name=_("office"))
    slot_minutes = models.PositiveSmallIntegerField(
        _("minutes per appointment"), default=30, validators=[MinValueValidator(10), MaxValueValidator(120)]
    )
    places = models.PositiveSmallIntegerField(
        _("appointments at the same time"), default=2, validators=[MaxValueValidator(50)]
    )
    home_places = models.PositiveSmallIntegerField(
        _("visits at home at the same time"), default=1, validators=[MaxValueValidator(50)]
    )

    class Meta:
        verbose_name = _("waiting hall")
        verbose_name_plural = _("waiting halls")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(slot_minutes__gte=10, slot_minutes__lte=120), name="hall_slot_has_a_length"
            ),
        ]

    def __str__(self) -> str:
        return str(self.office)


class Errand(models.Model):
    """What people come for; its letter stands before the numbers."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="errands")
    letter = models.CharField(_("letter"), max_length=1)
    name = models.CharField(_("name"), max_length=80)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        ordering: ClassVar = ["letter"]
        verbose_name = _("errand")
        verbose_name_plural = _("errands")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["hall", "letter"],
                name="errand_letter_once",
                violation_error_message=_("Another errand has this letter. Choose another one."),
            ),
            models.CheckConstraint(
                condition=Q(letter__regex="^[A-Z]$"),
                name="errand_letter_form",
                violation_error_message=_("The letter is one capital from A to Z."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter} · {self.name}"


class Counter(models.Model):
    """A place in the hall where a clerk serves; without errands of its own it serves all."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="counters")
    name = models.CharField(_("name"), max_length=20)
    errands = models.ManyToManyField(Errand, blank=True, verbose_name=_("errands"))
    clerk = models.OneToOneField(User, models.SET_NULL, null=True, blank=True, related_name="counter")
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering: ClassVar = ["hall_id", "name"]
        verbose_name = _("counter")
        verbose_name_plural = _("counters")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["hall", "name"],
                name="counter_name_once",
                violation_error_message=_("Another counter of this hall has this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Device(models.Model):
    """A kiosk or a display that an administrator let in; its secret is kept as a hash only."""

    class Kind(models.TextChoices):
        KIOSK = "kiosk", _("Kiosk for numbers")
        DISPLAY = "display", _("Display of numbers")

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="devices")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=60)
    secret_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        verbose_name = _("device")
        verbose_name_plural = _("devices")

    def __str__(self) -> str:
        return self.name


class HallDay(models.Model):
    """One day of a hall: the row that is locked while numbers are given and called.

    Attributes:
        ahead_in_a_row: how many were called ahead of the line since somebody of the line was.
    """

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="days")
    day = models.DateField()
    ahead_in_a_row = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["hall", "day"], name="hall_day_once")]

    def __str__(self) -> str:
        return f"{self.hall_id} {self.day}"


class Appointment(models.Model):
    """Somebody is expected at the desk, or visited at home, at a time."""

    class Place(models.TextChoices):
        DESK = "desk", _("at the desk")
        HOME = "home", _("at home")

    class Status(models.TextChoices):
        BOOKED = "booked", _("booked")
        ARRIVED = "arrived", _("has come")
        DONE = "done", _("done")
        MISSED = "missed", _("did not come")
        CANCELLED = "cancelled", _("cancelled")

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="appointments")
    errand = models.ForeignKey(Errand, models.PROTECT, related_name="appointments", verbose_name=_("errand"))
    code = models.CharField(_("code"), max_length=6, unique=True)
    place = models.CharField(_("place"), max_length=5, choices=Place.choices, default=Place.DESK)
    starts_at = models.DateTimeField(_("time"))
    person = models.CharField(_("full name"), max_length=150)
    phone = models.CharField(_("phone"), max_length=30)
    address = models.CharField(_("address"), max_length=250, blank=True)
    wish = models.CharField(_("what it is about"), max_length=250, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.BOOKED)
    officer = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who goes there")
    )
    booked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    booked_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["starts_at", "pk"]
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        indexes: ClassVar = [models.Index(fields=["hall", "starts_at"], name="appointment_hall_time")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(place="home") | ~Q(address=""),
                name="appointment_home_has_address",
                violation_error_message=_("Say where the person lives, so that somebody can go there."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.person}"


class TicketQuerySet(models.QuerySet):
    """Questions about tickets."""

    def of_day(self, hall_id: int, day: date) -> TicketQuerySet:
        """Tickets of one hall on one day."""
        return self.filter(hall=hall_id, day=day)

    def waiting(self) -> TicketQuerySet:
        """Not called yet, or back in the line."""
        return self.filter(status=Ticket.Status.WAITING)

    def ahead_of_the_line(self, at: datetime) -> TicketQuerySet:
        """Whoever goes first now: people with a priority, and appointments whose time has come."""
        return self.filter(ahead_from__lte=at).order_by("ahead_from", "pk")

    def in_line(self, at: datetime) -> TicketQuerySet:
        """Everybody else, in the order in which they came."""
        return self.filter(Q(ahead_from__isnull=True) | Q(ahead_from__gt=at)).order_by("issued_at", "pk")

    def at_hand_of(self, user_id: int) -> TicketQuerySet:
        """What a clerk has called or serves now: one ticket at most."""
        return self.filter(clerk=user_id, status__in=Ticket.AT_HAND)


class Ticket(models.Model):
    """A number that somebody drew.

    Attributes:
        waits_from: from when the wait counts; an appointment's from its time, and time away is not waited.
        ahead_from: from when the person goes ahead of the line; None: never.
        called_at, served_at: the last call, and when the clerk began to serve, which ends the wait.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CALLED = "called", _("called")
        SERVING = "serving", _("being served")
        DONE = "done", _("served")
        SKIPPED = "skipped", _("passed over")

    class Priority(models.TextChoices):
        NONE = "", _("None")
        ELDERLY = "elderly", _("Elderly")
        DISABLED = "disabled", _("With a disability")
        PREGNANT = "pregnant", _("Pregnant or with a small child")

    AT_HAND: ClassVar[tuple[str, ...]] = (Status.CALLED, Status.SERVING)

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="tickets")
    errand = models.ForeignKey(Errand, models.PROTECT, related_name="tickets")
    day = models.DateField()
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=32, unique=True)
    priority = models.CharField(max_length=10, choices=Priority.choices, blank=True, default="")
    appointment = models.OneToOneField(Appointment, models.PROTECT, null=True, blank=True, related_name="ticket")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    issued_at = models.DateTimeField()
    waits_from = models.DateTimeField()
    ahead_from = models.DateTimeField(null=True, blank=True)
    called_at = models.DateTimeField(null=True, blank=True)
    skipped_at = models.DateTimeField(null=True, blank=True)
    served_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    counter = models.ForeignKey(Counter, models.PROTECT, null=True, blank=True, related_name="tickets")
    clerk = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["day", "pk"]
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        indexes: ClassVar = [
            models.Index(fields=["hall", "day", "status"], name="ticket_hall_day_status"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["errand", "day", "number"], name="ticket_number_once"),
            models.UniqueConstraint(
                fields=["clerk"], condition=Q(status__in=["called", "serving"]), name="ticket_one_at_hand"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["serving", "done"]) | Q(served_at__isnull=False), name="ticket_served_has_time"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The number as it is called: A012."""
        return f"{self.errand.letter}{self.number:03d}"

    def waited(self, at: datetime) -> timedelta:
        """How long the person has waited, or did wait until served."""
        return max((self.served_at or at) - self.waits_from, timedelta())


class TicketEvent(models.Model):
    """What happened to a ticket; only ever added to.

    Attributes:
        dossier_id, dossier_code: a dossier taken in while the ticket was served, by id and code alone.
    """

    class Kind(models.TextChoices):
        ISSUED = "issued", _("number drawn")
        CALLED = "called", _("called")
        CALLED_AGAIN = "called_again", _("called again")
        SKIPPED = "skipped", _("passed over")
        BACK = "back", _("back in the line")
        SERVED = "served", _("service began")
        RECEIVED = "received", _("file received")
        DONE = "done", _("service ended")

    CALLS: ClassVar[tuple[str, ...]] = (Kind.CALLED, Kind.CALLED_AGAIN)

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    counter = models.ForeignKey(Counter, models.PROTECT, null=True, related_name="+")
    dossier_id = models.BigIntegerField(null=True)
    dossier_code = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["dossier_id"], condition=Q(dossier_id__isnull=False), name="ticket_event_dossier"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.kind}"
