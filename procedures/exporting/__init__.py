"""Writes definitions for other programs: the official table as XLSX, the process as BPMN 2.0.

Pure functions: they take a definition and give bytes or text. `procedures.importing` reads both forms again.
"""
