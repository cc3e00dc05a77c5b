"""Papers in an S3-compatible store instead of a folder: Amazon's, MinIO's, Ceph's.

Files are never handed out by the store itself: the program reads them, so rights and headers stay its own.
"""

from __future__ import annotations

from typing import Any

from botocore.config import Config
from storages.backends.s3 import S3Storage


class ObjectStore(S3Storage):
    """A private bucket whose objects are written once; only what every such store understands is asked of it."""

    def get_default_settings(self) -> dict[str, Any]:
        """What holds besides the options of the settings."""
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=5,
            read_timeout=30,
            retries={"max_attempts": 3},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        kept = {"default_acl": None, "file_overwrite": False, "querystring_auth": True, "client_config": config}
        return super().get_default_settings() | kept
