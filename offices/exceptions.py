"""What can go wrong when people and offices are administered."""


class OfficesError(Exception):
    """Base of every refusal of this package."""
