"""Loaded before the settings: where no server is given, the tests get a PostgreSQL and a Valkey of their own."""
