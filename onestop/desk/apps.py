from importlib import import_module

from django.apps import AppConfig

LONG_WORK = ("printing_many", "register_files")
COUNTING = ("hall", "online", "outbox", "reviewing", "supervising", "work")


class DeskConfig(AppConfig):
    name = "onestop.desk"

    def ready(self) -> None:
        """Let the counters of the rail and the kinds of long work register themselves."""
        for subject in COUNTING:
            import_module(f"onestop.desk.counting.{subject}")
        for subject in LONG_WORK:
            import_module(f"onestop.desk.{subject}")
