"""Build backend (PEP 517) of a source distribution that holds no sources.

Installers come here when they found no wheel for the platform; there is nothing to build, so every hook that would
build says which platforms have a wheel, and what this one is.
"""

import os
import platform
import struct
import sys
import sysconfig

from _product import NAME, PLATFORMS, VERSION


def _this_platform():
    seen = [sysconfig.get_platform(), "{}-bit Python {}".format(struct.calcsize("P") * 8, platform.python_version())]
    if sys.platform == "linux":
        seen.insert(1, _libc())
    if sys.platform == "darwin":
        seen.insert(1, "macOS {} on {}".format(platform.mac_ver()[0], platform.machine()))
    return ", ".join(seen)


def _libc():
    try:
        return os.confstr("CS_GNU_LIBC_VERSION") or "unknown C library"
    except (AttributeError, OSError, ValueError):
        # Only glibc knows the name; musl is the other library that Python is built for.
        return "not glibc"


def _refuse():
    sys.exit(
        "{name} {version} has no wheel for this platform, and cannot be built from source by pip.\n"
        "It has wheels for:\n{supported}\n"
        "This platform: {seen}\n"
        "If yours is among them, upgrade pip (20.3 or later) and do not use --no-binary.".format(
            name=NAME,
            version=VERSION,
            supported="\n".join("  " + row for row in PLATFORMS),
            seen=_this_platform(),
        )
    )


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    _refuse()


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    _refuse()


def build_sdist(sdist_directory, config_settings=None):
    _refuse()
