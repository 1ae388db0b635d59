"""`python -m` for the executable that came with this module."""

import os
import signal
import sys

from ._find import find_bin
from ._product import EXECUTABLE


def _become(path: str) -> int:
    # Python ignores these two, and ignored signals stay ignored in the new program,
    # where `| head -1` would never end it.
    for name in ("SIGPIPE", "SIGXFSZ"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    try:
        os.execvp(path, [EXECUTABLE] + sys.argv[1:])
    except OSError as error:
        print("{}: cannot start {}: {}".format(EXECUTABLE, path, error.strerror), file=sys.stderr)
        return 126


def _run_and_wait(path: str) -> int:
    import subprocess

    process = subprocess.Popen([path] + sys.argv[1:])
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # The console sent it to the program too, whose own way of ending counts.
            continue


def _main() -> int:
    try:
        path = find_bin()
    except FileNotFoundError as error:
        print("{}: {}".format(EXECUTABLE, error), file=sys.stderr)
        return 127
    # Windows has no exec: its emulation returns to the shell before the program has ended.
    return _run_and_wait(path) if os.name == "nt" else _become(path)


if __name__ == "__main__":
    sys.exit(_main())
