"""A province's data for measuring: made by playing files through the program's own services and copying what they wrote.

staff · catalogue ──▶ playing (real services) ──▶ recording (rows become templates) ──▶ planning ──▶ writing (COPY)
"""
