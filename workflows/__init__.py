"""What did happen to a dossier, and who must act next.

The only place where a dossier changes; knows procedures, sla and offices, and no screen.
"""
