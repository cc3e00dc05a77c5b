"""Every procedure that is shipped becomes a flow."""

from pathlib import Path

import pytest

from procedures.definition import BranchSpec, ParallelSpec
from procedures.graph import Graph
from procedures.reading import definition_files, read_file
from workflows.compiler import compile_flow

CATALOGUE = Path(__file__).parents[2] / "procedures" / "catalogue"


@pytest.mark.parametrize("file", definition_files([CATALOGUE]), ids=lambda file: file.stem)
def test_a_shipped_procedure_compiles_with_a_node_for_every_step(file: Path) -> None:
    spec = read_file(file)

    flow = compile_flow(spec, name=f"Shipped_{spec.fingerprint[:12]}", module=__name__)

    names = {node.name for node in flow.instance.nodes()}
    assert {f"step_{key}" for key in Graph(spec).human} <= names
    assert {f"split_{node.key}" for node in spec.steps if isinstance(node, ParallelSpec)} <= names
    assert {f"branch_{node.key}" for node in spec.steps if isinstance(node, BranchSpec)} <= names
