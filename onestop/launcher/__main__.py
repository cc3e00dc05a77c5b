"""Run everything until Ctrl-C."""

import argparse
import sys

from onestop.embedded.exceptions import EmbeddedError
from onestop.embedded.folders import folders
from onestop.embedded.processes import die_with_parent
from onestop.launcher.supervision import run_until_stopped

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m onestop.launcher", description=__doc__)
    parser.add_argument("--end-with-parent", action="store_true", help="stop when the calling command ends")
    if parser.parse_args().end_with_parent:
        die_with_parent()
    try:
        sys.exit(run_until_stopped(folders()))
    except EmbeddedError as error:
        sys.exit(str(error))
