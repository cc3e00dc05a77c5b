"""Who may change the catalogue."""

from __future__ import annotations

from datetime import datetime

from offices.capacities import capacities_of
from offices.models import Role, User


def can_edit_catalogue(user: User, at: datetime) -> bool:
    """Only somebody who is catalogue editor in some office that day; nobody stands in for one."""
    return user.is_active and capacities_of(user, at).has(Role.CATALOGUE_EDITOR)
