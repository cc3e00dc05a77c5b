"""The forms of the receiving and the dossier screens."""
