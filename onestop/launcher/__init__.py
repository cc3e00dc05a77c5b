"""`make run`: starts every process of the program as a child of one command, and stops them all with it.

Knows the servers and the start commands; knows nothing of offices or dossiers.
"""
