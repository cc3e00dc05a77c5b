"""A launcher in the background, and what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from tests.foundation.commands import wait_until


class Launched:
    """`python -m onestop.launcher`, started and open."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.words = folder / "words"
        with self.words.open("w") as words:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "onestop.launcher"],
                cwd=settings.BASE_DIR,
                env=env,
                stdout=words,
                stderr=subprocess.STDOUT,
            )
        try:
            wait_until(self.is_open_or_ended, what="the pages")
        except AssertionError:
            self.process.kill()
            self.process.wait()
            raise

    def is_open_or_ended(self) -> bool:
        assert self.process.poll() is None, self.said()
        return "is open at" in self.said()

    def said(self) -> str:
        return self.words.read_text()

    @property
    def address(self) -> str:
        found = re.search(r"http://\S+", self.said())
        assert found is not None
        return found.group()
