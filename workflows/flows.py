"""Flow classes, compiled from published versions when Viewflow asks for them by name.

A name is `V<version id>_<first characters of the definition's hash>`: Viewflow caches names for
ever, and a database may use an id again. An attribute that this module lacks is looked up below.
"""

from __future__ import annotations

import re
import threading

from viewflow.workflow.base import Flow

from procedures.models import ProcedureVersion
from workflows.compiler import compile_flow

NAME = re.compile(r"V(\d+)_([0-9a-f]{12})")
compiled: dict[str, type[Flow]] = {}
lock = threading.Lock()


def flow_name(version: ProcedureVersion) -> str:
    """The name under which the flow of a version is stored and found again."""
    return f"V{version.pk}_{version.definition_hash[:12]}"


def flow_of(version: ProcedureVersion) -> type[Flow]:
    """The flow class of a published version, compiled once per process."""
    name = flow_name(version)
    with lock:
        if name not in compiled:
            compiled[name] = compile_flow(version.spec, name=name)
    return compiled[name]


def __getattr__(name: str) -> type[Flow]:
    match = NAME.fullmatch(name)
    if match is None:
        raise AttributeError(name)
    if name not in compiled:
        version = ProcedureVersion.objects.filter(pk=int(match[1])).first()
        if version is None or flow_name(version) != name:
            raise AttributeError(name)
        flow_of(version)
    return compiled[name]
