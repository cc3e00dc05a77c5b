"""What can go wrong with the servers beside the program; each error is one sentence for the person who started it."""


class EmbeddedError(Exception):
    """Base of every refusal of this package."""


class FolderRefused(EmbeddedError):
    """The folder cannot hold the servers safely."""


class ServerFailed(EmbeddedError):
    """A server did not start or did not stop."""
