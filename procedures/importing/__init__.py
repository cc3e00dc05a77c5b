"""Reads processes that others wrote down into drafts of definitions, with a report of what did not map.

Pure functions: tables of decisions (XLSX, CSV, JSON), XML of an older one-stop program, BPMN 2.0. Nothing here writes
to the database; `procedures.services.import_definition` keeps a draft. What a source does not say is never made up:
it is left out, or marked `assumed` and named in the report.
"""
