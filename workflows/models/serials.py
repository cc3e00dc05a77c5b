"""The counter behind the file codes."""

from typing import ClassVar

from django.db import models


class DailySerial(models.Model):
    """The last serial number an agency gave out on a day."""

    agency_code = models.CharField(max_length=35)
    day = models.DateField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["agency_code", "day"], name="daily_serial_once")]

    def __str__(self) -> str:
        return f"{self.agency_code} {self.day}: {self.last}"
