"""The register of received files: numbered by reception, closed volume by volume, each sealed by a hash.

A volume opens by itself with the first number after the last closed one. Numbers go on across the volumes of a year
and begin anew with the year; the seal of a volume takes up the seal before, as the stamp across the pages of the paper
book does.

Source: Circular 01/2018/TT-VPCP Đ.10(2).
"""

from __future__ import annotations

from workflows.models import RegisterSeal, Slip


def volume_of(slip: Slip) -> int:
    """The volume in which a line of the register stands."""
    closed = RegisterSeal.objects.filter(office=slip.office_id, year=slip.year, last_number__lt=slip.number)
    return 1 + closed.count()
