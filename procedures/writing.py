"""Write a definition as YAML and the schema as JSON; reading either again loses nothing but comments."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from procedures.definition import Definition

SCHEMA_FILE = Path(__file__).parent / "schema" / "definition.schema.json"


def as_yaml(spec: Definition) -> str:
    """The definition as YAML, in the order the author wrote it; `read_definition` gives an equal one back."""
    return yaml.safe_dump(spec.as_json(), allow_unicode=True, sort_keys=False, width=110)


def as_schema() -> str:
    """The JSON Schema of definition files."""
    schema = Definition.model_json_schema()
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(head | schema, ensure_ascii=False, indent=2) + "\n"
