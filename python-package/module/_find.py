"""Where the installer put the executable that came with this module."""

import os
import re
import sys
import sysconfig
from typing import Iterator, Optional

from ._product import EXECUTABLE


def find_bin() -> str:
    """Return the path of the executable; raise FileNotFoundError with every place looked at."""
    name = EXECUTABLE + (".exe" if os.name == "nt" else "")
    places = list(dict.fromkeys(place for place in _places() if place))
    for place in places:
        path = os.path.join(place, name)
        if os.path.isfile(path):
            return path
    looked = "".join("\n  " + place for place in places)
    raise FileNotFoundError("{} is not in any of:{}\nReinstall the package.".format(name, looked))


def _places() -> Iterator[Optional[str]]:
    # The running environment, then the interpreter a virtual environment was made from.
    yield sysconfig.get_path("scripts")
    yield sysconfig.get_path("scripts", vars={"base": sys.base_prefix})
    site = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    # pip install --prefix, and environments layered over another (uv run --with).
    yield _beside_library(site)
    # pip install --target puts scripts below the modules, in bin on every system.
    yield os.path.join(site, "bin")
    yield sysconfig.get_path("scripts", scheme=_user_scheme())


def _beside_library(site: str) -> Optional[str]:
    pattern = r"Lib/site-packages" if os.name == "nt" else r"lib(64)?/python[^/]*/(site|dist)-packages"
    match = re.search(r"^(.*)/" + pattern + "$", site.replace(os.sep, "/"), re.IGNORECASE if os.name == "nt" else 0)
    return None if match is None else os.path.join(match.group(1), "Scripts" if os.name == "nt" else "bin")


def _user_scheme() -> str:
    if sys.version_info >= (3, 10):
        return sysconfig.get_preferred_scheme("user")
    if os.name == "nt":
        return "nt_user"
    if sys.platform == "darwin" and getattr(sys, "_framework", None):
        return "osx_framework_user"
    return "posix_user"
