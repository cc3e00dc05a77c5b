"""The keys with which receipts are signed; the public halves stay published for ever."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class SigningKey(models.Model):
    """One key pair on the curve P-256; the private half is encrypted with the program's secret key."""

    name = models.CharField(max_length=16, unique=True, help_text="Stands in the QR code; made from the public key.")
    public_x = models.CharField(max_length=43, help_text="As in a JSON Web Key: base64url without padding.")
    public_y = models.CharField(max_length=43)
    private_key = models.TextField(help_text="PEM, encrypted.")
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True, help_text="From then on it only verifies.")

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(retired_at__isnull=True), name="signing_key_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.name
