"""Who works where: users, offices, memberships and absences.

Knows nothing of procedures, time limits or dossiers.
"""
