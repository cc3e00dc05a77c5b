"""The procedures that are shipped: sound, true to their sources, and different enough."""

import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
import yaml

from procedures.definition import Definition, Effect, FieldKind, May, ParallelSpec, Unit
from procedures.graph import Graph
from procedures.lint import lint
from procedures.lint_time import longest_way
from procedures.reading import definition_files, read_definition, read_file
from procedures.writing import SCHEMA_FILE, as_schema, as_yaml

CATALOGUE = Path(__file__).parents[2] / "procedures" / "catalogue"
SPECS = {spec.reference: spec for spec in map(read_file, definition_files([CATALOGUE]))}
EDUCATION = [
    "1.005144@province",
    "NA.HTCPHT-THPT@province",
    "1.005144@commune",
    "NA.HTCPHT-CL@commune",
    "NA.HTCPHT-TT@commune",
]


def hours(spec: Definition) -> list[Decimal | None]:
    return [step.budget for step in spec.human_steps()]


@pytest.mark.parametrize("reference", SPECS)
def test_each_is_sound_and_read_again_as_written(reference: str) -> None:
    spec = SPECS[reference]

    assert lint(spec) == []
    assert read_definition(as_yaml(spec)) == spec
    assert read_definition(as_yaml(spec)).fingerprint == spec.fingerprint


def test_files_are_named_after_what_they_hold() -> None:
    names = {file.stem for file in definition_files([CATALOGUE])}

    assert names == {reference.replace("@", "-") for reference in SPECS}
    assert len(SPECS) >= 22


@pytest.mark.parametrize("reference", EDUCATION)
def test_the_five_education_processes_have_seven_steps_and_eighty_hours(reference: str) -> None:
    spec = SPECS[reference]

    seven, three = (Decimal(7), Decimal(3)) if reference == "1.005144@commune" else (Decimal(8), Decimal(2))
    if reference == "NA.HTCPHT-TT@commune":
        seven, three = Decimal(8), Decimal(2)
    assert hours(spec) == [Decimal(2), Decimal(4), Decimal(58), Decimal(6), seven, three, None]
    assert longest_way(Graph(spec))[0] == 80
    assert (spec.limits[0].amount, spec.limits[0].unit) == (10, Unit.WORKING_DAY)
    assert not any(step.assumed for step in spec.human_steps())


@pytest.mark.parametrize("reference", ["3.000465@province", "3.000467@commune", "2.000815@commune"])
def test_copies_are_due_the_same_day_or_the_next_when_received_after_three(reference: str) -> None:
    limit = SPECS[reference].limit_for("desk")

    assert (limit.amount, limit.unit) == (0, Unit.WORKING_DAY)
    assert limit.cutoff is not None
    assert (limit.cutoff.after.isoformat("minutes"), limit.cutoff.amount) == ("15:00", 1)


@pytest.mark.parametrize(
    ("reference", "amount", "unit"),
    [
        ("3.000466@province", 5, Unit.WORKING_DAY),
        ("3.000468@commune", 5, Unit.WORKING_DAY),
        ("1.012964@commune", 25, Unit.WORKING_DAY),
        ("LT.HKD-ANTT-KARAOKE@commune", 16, Unit.WORKING_DAY),
        ("1.013195@province", 12, Unit.CALENDAR_DAY),
        ("NA.KDCLGD-MN@province", 3, Unit.MONTH),
        ("1.004946@commune", 12, Unit.WORKING_HOUR),
    ],
)
def test_limits_are_those_of_the_sources(reference: str, amount: int, unit: Unit) -> None:
    limit = SPECS[reference].limits[0]

    assert (limit.amount, limit.unit) == (amount, unit)


def test_a_new_school_has_offices_consulted_at_the_same_time_and_five_days_to_ask() -> None:
    spec = SPECS["1.012964@commune"]

    blocks = [node for node in spec.steps if isinstance(node, ParallelSpec)]
    assert [len(block.parallel) for block in blocks] == [3]
    assert (spec.supplement.ask_within.amount, spec.supplement.ask_within.unit) == (5, Unit.WORKING_DAY)


def test_limits_may_differ_by_channel() -> None:
    spec = SPECS["1.013133@commune"]

    assert (spec.limit_for("desk").amount, spec.limit_for("desk").unit) == (1, Unit.WORKING_DAY)
    assert (spec.limit_for("online").amount, spec.limit_for("online").unit) == (2, Unit.WORKING_HOUR)


def test_a_payment_stops_the_clock_and_the_bundle_names_its_three_procedures() -> None:
    land, bundle = SPECS["HP.CAPGCN-LANDAU@commune"], SPECS["LT.HKD-ANTT-KARAOKE@commune"]

    assert land.payment.effect is Effect.RESUME
    assert any(May.REQUEST_PAYMENT in step.may for step in land.human_steps())
    assert [linked.code for linked in bundle.bundle] == ["1.001612", None, None]


def test_every_kind_of_field_is_used_somewhere() -> None:
    fields = [field for spec in SPECS.values() for field in spec.form]
    kinds = {field.kind for field in fields} | {column.kind for field in fields for column in field.columns}

    assert kinds == set(FieldKind)


def shape(spec: Definition) -> tuple[object, ...]:
    """The process without names: kinds of nodes, and where each leads."""
    graph = Graph(spec)
    return tuple(
        (
            type(graph.node(key)).__name__,
            tuple(
                sorted(
                    str(graph.position(target)) if target in graph.nodes else target for target in graph.targets(key)
                )
            ),
        )
        for key in graph.all_keys()
    )


def test_there_are_at_least_eight_different_step_graphs() -> None:
    shapes: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for reference, spec in SPECS.items():
        shapes[shape(spec)].append(reference)

    assert len(shapes) >= 8


def test_no_national_code_stands_without_a_source() -> None:
    for spec in SPECS.values():
        assert spec.sources, spec.reference


def test_the_published_schema_is_current() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == as_schema(), "Run manage.py export_procedure --schema."


def test_every_shipped_file_fits_the_published_schema() -> None:
    schema = jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))

    for file in definition_files([CATALOGUE]):
        values = json.loads(json.dumps(yaml.safe_load(file.read_text(encoding="utf-8")), default=str))
        assert [error.message for error in schema.iter_errors(values)] == [], file.name
    assert not schema.is_valid({"code": "3.000466", "unknown": 1})


def test_shipped_procedures_name_what_their_files_are_about() -> None:
    named = {name: [f.key for f in spec.form if f.names_object] for name, spec in SPECS.items()}

    assert named["3.000466@province"] == ["diploma_number"]
    assert named["1.012994@commune"] == ["parcel"]
    assert sum(bool(keys) for keys in named.values()) == 17
