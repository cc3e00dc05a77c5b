"""How much time is left, and why: calendars, clocks, ledgers and alarms.

Knows offices; knows no dossier and no procedure.
"""
