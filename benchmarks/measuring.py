"""Runs one measurement in a process of its own against the database of DATABASE_URL, and prints it as JSON.

python -m benchmarks.measuring sweep '{"alarms": 10000}'
"""

from __future__ import annotations

import importlib
import json
import os
import sys

import django


def main() -> None:
    """Call `measure` of the named module, or another function of it named after a dot."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onestop.settings")
    django.setup()
    name, _dot, function = sys.argv[1].partition(".")
    module = importlib.import_module(f"benchmarks.{name}")
    words = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
    found = getattr(module, function or "measure")(**words)
    print("\n" + json.dumps(found, default=str), flush=True)


if __name__ == "__main__":
    main()
