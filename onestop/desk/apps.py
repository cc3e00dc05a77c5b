from importlib import import_module

from django.apps import AppConfig

COUNTING = ("hall", "online", "outbox", "reviewing", "supervising", "work")


class DeskConfig(AppConfig):
    name = "onestop.desk"

    def ready(self) -> None:
        """Let the counters of the rail register themselves."""
        for subject in COUNTING:
            import_module(f"onestop.desk.counting.{subject}")
