"""Replay of real event logs (XES) through the services, to prove them on real cases.

Knows the services as any other caller does; no service knows the replay.
"""
