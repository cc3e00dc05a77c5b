"""The process as a picture: laid out by Viewflow's chart, drawn with our own classes, the current step marked."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from viewflow.workflow.base import Flow
from viewflow.workflow.chart import calc_layout_data
from viewflow.workflow.status import STATUS

from procedures.definition import Definition
from workflows.compiler import compile_flow
from workflows.flows import flow_of
from workflows.models import Dossier

STATES = {STATUS.DONE: "done", STATUS.NEW: "current", STATUS.ASSIGNED: "current", STATUS.CANCELED: "canceled"}


def dossier_diagram(dossier: Dossier) -> SafeString:
    """The process of a dossier with its done and current steps marked, as inline SVG."""
    states: dict[str, str] = {}
    rows = dossier.task_set.order_by("pk").values_list("flow_task", "status")
    for node, status in rows:
        if node is not None:
            states[node.name] = STATES.get(status, "current" if status == STATUS.STARTED else "")
    return draw(flow_of(dossier.version), states)


def definition_diagram(definition: Definition) -> SafeString:
    """The process of a definition, draft or published, as inline SVG; the flow is not registered anywhere."""
    return draw(compile_flow(definition, name="Draft"), {})


def draw(flow_class: type[Flow], states: dict[str, str]) -> SafeString:
    """Draw a flow; `states` gives the class of each node by name."""
    grid = calc_layout_data(flow_class)
    cells = [{"cell": cell, "state": states.get(cell.node.name, "")} for cell in grid.cells]
    current = [entry["cell"].node.task_title for entry in cells if entry["state"] == "current"]
    return render_to_string(
        "workflows/diagram.svg", {"grid": grid, "cells": cells, "edges": grid.edges, "current": current}
    )
