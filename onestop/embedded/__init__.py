"""PostgreSQL and Valkey from wheels, started beside the program where no other server is named.

Knows folders and processes; knows nothing of Django, of offices or of dossiers.
"""
