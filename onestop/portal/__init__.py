"""Pages without a login: how far a dossier has come, booking a time, and the waiting hall's kiosk and display.

Shows nothing of a dossier but code, status and dates, and of a hall but numbers; knows no screen of the desk.
"""
