"""What may happen: published, dated, frozen definitions of procedures.

Knows offices; knows no dossier and no clock.
"""
