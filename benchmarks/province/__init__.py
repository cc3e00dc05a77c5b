"""A province's data for measuring: files are played through the program's own services, what they wrote is repeated.

staff · catalogue ──▶ playing (real services) ──▶ recording (rows become templates) ──▶ planning ──▶ writing (COPY)
"""
