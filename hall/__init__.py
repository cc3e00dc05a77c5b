"""The waiting hall of a desk: numbers drawn, people called, waits measured, appointments and visits at home.

Knows offices and their working time; a dossier is known by its id and code alone, never by its model.
"""
