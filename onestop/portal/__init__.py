"""Pages for citizens: how far a dossier has come.

Shows nothing but code, status and dates; knows no screen of the desk.
"""
