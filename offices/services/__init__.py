"""Every change to offices, people, memberships and absences: one function each, keyword-only, with `by` and `at`.

`by` is None only where no person acts: the command line and the sample content.
"""

from offices.services.absences import add_absence, end_absence
from offices.services.memberships import add_membership, end_membership
from offices.services.offices import change_office, close_office, open_office, reopen_office
from offices.services.people import (
    add_person,
    change_own_password,
    change_person,
    deactivate_person,
    reactivate_person,
    set_password,
)

__all__ = [
    "add_absence",
    "add_membership",
    "add_person",
    "change_office",
    "change_own_password",
    "change_person",
    "close_office",
    "deactivate_person",
    "end_absence",
    "end_membership",
    "open_office",
    "reactivate_person",
    "reopen_office",
    "set_password",
]
