"""Small event logs, written as text by the tests."""

import gzip
from pathlib import Path

REAL_LOGS = Path(__file__).resolve().parents[4] / "shared" / "data" / "event-logs"


def event(
    activity: str | None = "Apply", at: str | None = "2012-03-05T09:00:00.000+01:00", person: str = "Anna", **extra: str
) -> str:
    """One event; None leaves the attribute out."""
    fields = {"concept:name": activity, "org:resource": person, **extra}
    texts = [f'<string key="{key}" value="{value}"/>' for key, value in fields.items() if value is not None]
    if at is not None:
        texts.append(f'<date key="time:timestamp" value="{at}"/>')
    return f"<event>{''.join(texts)}</event>"


def case(name: str, *events: str, **attributes: str) -> str:
    """One trace."""
    fields = {"concept:name": name, **attributes}
    texts = [f'<string key="{key}" value="{value}"/>' for key, value in fields.items()]
    return f"<trace>{''.join(texts)}{''.join(events)}</trace>"


def log(*cases: str, head: str = "") -> str:
    """A whole log with the name space and the globals that real ones carry."""
    globals_ = '<global scope="event"><string key="concept:name" value="name"/></global>'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}'
        f'<log xes.version="1.0" xmlns="http://www.xes-standard.org/">{globals_}{"".join(cases)}</log>'
    )


def course(name: str, *activities: str, day: int = 5, **attributes: str) -> str:
    """A case in which Anna does one activity an hour from nine o'clock on."""
    hours = (f"2012-03-{day:02}T{9 + hour:02}:00:00+01:00" for hour in range(len(activities)))
    return case(name, *(event(activity, at) for activity, at in zip(activities, hours, strict=True)), **attributes)


def written(folder: Path, text: str, *, packed: bool = False, cut: int = 0) -> Path:
    """The log as a file, gzip or plain, without its last `cut` bytes."""
    data = text.encode()
    data = gzip.compress(data) if packed else data
    path = folder / ("log.xes.gz" if packed else "log.xes")
    path.write_bytes(data[: len(data) - cut])
    return path
