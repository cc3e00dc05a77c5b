"""Finds the Chromium that the tests drive: `CHROME`, the system's, else Playwright's own; `--install` gets one.

Run by `make test` before the tests; prints the path.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HELP = "No browser was found and none could be installed: install Chromium and set CHROME to its path."


def installed() -> str | None:
    """The path of a browser that is on the machine."""
    if chosen := os.environ.get("CHROME"):
        return shutil.which(chosen)
    return next((path for name in NAMES if (path := shutil.which(name))), None) or playwrights_own()


def playwrights_own() -> str | None:
    """The browser that Playwright has downloaded, if it has."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    """Install Debian's package as root, else let Playwright download its own."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
        if subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False, **quiet).returncode == 0:
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False, stdout=sys.stderr)


def main() -> None:
    """Print the path of a browser, got first when asked to."""
    found = installed()
    if found is None and "--install" in sys.argv:
        sys.stderr.write("Installing a browser for the tests …\n")
        install()
        found = installed()
    if found is None:
        sys.exit(HELP)
    sys.stdout.write(f"{found}\n")


if __name__ == "__main__":
    main()
