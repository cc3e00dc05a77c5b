"""The source that every page offers."""

import subprocess
import tarfile

from django.conf import settings

from onestop.source import source_files, write_source_archive


def test_archive_holds_the_source_and_nothing_else(tmp_path):
    archive = write_source_archive(tmp_path)

    with tarfile.open(archive) as packed:
        names = set(packed.getnames())
    assert {"onestop/LICENSE", "onestop/manage.py", "onestop/sla/working_time.py"} <= names
    assert not [name for name in names if "__pycache__" in name or "/var/" in name or "secret" in name.lower()]


def test_archive_is_packed_again_only_when_a_source_is_newer(tmp_path):
    packed_at = write_source_archive(tmp_path).stat().st_mtime_ns

    assert write_source_archive(tmp_path).stat().st_mtime_ns == packed_at


def test_every_file_of_the_project_is_in_the_archive():
    kept = subprocess.run(
        ["git", "ls-files"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    offered = {str(path.relative_to(settings.BASE_DIR)) for path in source_files()}

    assert [name for name in kept if name not in offered and (settings.BASE_DIR / name).is_file()] == []
