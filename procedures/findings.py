"""What the linter says: one finding per defect, with a code, a place and a sentence."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Errors block publishing; warnings are shown."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect of a definition.

    Attributes:
        code: stable number, for example P001.
        name: the same in words, for example unreachable_step.
        severity: error or warning.
        place: where in the YAML file, for example steps[3].outcomes.forward.
        sentence: what is wrong and what to do.
    """

    code: str
    name: str
    severity: Severity
    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.code} {self.place}: {self.sentence}"

    def as_json(self) -> dict[str, str]:
        """Plain values, for --json."""
        return {key: str(value) for key, value in asdict(self).items()}
