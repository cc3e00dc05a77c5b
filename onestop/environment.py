"""Reading the environment: small words into the values that Django, Redis and Celery want."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from onestop.embedded.folders import Folders

DEFAULT_SECRET_KEY = "only-for-a-machine-nobody-else-can-reach"  # noqa: S105  production refuses it
SHORTEST_SECRET_KEY = 40


def flag(name: str, *, default: bool) -> bool:
    """Read a yes/no environment variable."""
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    """Read a list of words separated by commas."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def secret(name: str) -> str:
    """Read a secret: the variable itself, else the file that `NAME_FILE` names, as containers get them."""
    if path := os.environ.get(f"{name}_FILE"):
        return os.environ.get(name) or Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, "")


def database_from(url: str) -> dict[str, object]:
    """Turn `postgres://user:password@host:port/name` into Django's settings; a socket folder goes into `?host=`."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or "") or secret("DATABASE_PASSWORD"),
        "HOST": query.get("host", [unquote(parts.hostname or "")])[0],
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def database_url(folders: Folders) -> str:
    """The address of the given server, else of the embedded one."""
    return os.environ.get("DATABASE_URL") or folders.database_url


def redis_url(folders: Folders) -> str:
    """The address of the given server, else of the embedded one."""
    return os.environ.get("REDIS_URL") or folders.redis_url


def papers_store() -> dict[str, object]:
    """Where papers lie: in a folder outside the web root, or in the bucket of an S3-compatible store."""
    bucket = os.environ.get("PAPERS_S3_BUCKET", "")
    if not bucket:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    options = {
        "bucket_name": bucket,
        "endpoint_url": os.environ.get("PAPERS_S3_URL") or None,
        "region_name": os.environ.get("PAPERS_S3_REGION", "us-east-1"),
        "access_key": secret("PAPERS_S3_KEY"),
        "secret_key": secret("PAPERS_S3_SECRET"),
    }
    return {"BACKEND": "onestop.object_store.ObjectStore", "OPTIONS": options}


def broker_from(url: str) -> str:
    """The same Redis address as Celery spells it."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    return f"redis+socket://{parts.path}?virtual_host={parse_qs(parts.query).get('db', ['0'])[0]}"


def kept_secret_key(folders: Folders) -> str:
    """The secret key of this installation, made at random on first use and readable by its owner only."""
    path = folders.state / "secret_key"
    if not path.exists():
        folders.prepare()
        fresh = folders.state / f"secret_key.{os.getpid()}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50))
        _move_unless_there(fresh, path)
    return path.read_text()


def _move_unless_there(fresh: Path, path: Path) -> None:
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        pass  # another process was faster; its key counts
    finally:
        fresh.unlink()


def secret_key(folders: Folders, *, production: bool) -> str:
    """The key given, else, beside an embedded database, the kept one, else the default one."""
    given = secret("SECRET_KEY")
    if given or production or os.environ.get("DATABASE_URL"):
        return given or DEFAULT_SECRET_KEY
    return kept_secret_key(folders)


def refuse_unsafe_production(*, debug: bool, key: str, hosts: list[str]) -> None:
    """Stop a production start that would be unsafe.

    Raises:
        ImproperlyConfigured: With one sentence that says what to set.
    """
    if debug:
        raise ImproperlyConfigured("DEBUG is on in production: unset the environment variable DEBUG.")
    if key == DEFAULT_SECRET_KEY or len(key) < SHORTEST_SECRET_KEY:
        raise ImproperlyConfigured(
            "SECRET_KEY is missing or too short in production: "
            f"set it to a random text of {SHORTEST_SECRET_KEY} characters or more."
        )
    if not hosts or "*" in hosts:
        raise ImproperlyConfigured("ALLOWED_HOSTS is not set in production: name the hosts, separated by commas.")
