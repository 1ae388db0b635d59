"""What a client in its own words finds: python-tuf, the reference implementation, on the files of a repository.

python reference-client.py REPOSITORY STATE ROOT TARGET_FILE ...

STATE keeps what the client trusts from one run to the next; ROOT is what it starts from when STATE is empty. Prints one
JSON object: the versions it trusts, and the bytes of each target file in hex.
"""
import json
import os
import sys

from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import Updater
from tuf.ngclient.fetcher import FetcherInterface


class Files(FetcherInterface):
    """A static host without a network."""

    def _fetch(self, url):
        try:
            with open(url.removeprefix("file://"), "rb") as file:
                yield file.read()
        except FileNotFoundError as error:
            raise DownloadHTTPError(str(error), 404) from error


repository, state, root, *names = sys.argv[1:]
os.makedirs(f"{state}/downloads", exist_ok=True)
start = None
if not os.path.exists(f"{state}/root.json"):
    with open(root, "rb") as file:
        start = file.read()
updater = Updater(
    metadata_dir=state,
    metadata_base_url=f"file://{repository}/metadata",
    target_dir=f"{state}/downloads",
    target_base_url=f"file://{repository}/targets",
    fetcher=Files(),
    bootstrap=start,
)
updater.refresh()
found = {}
for name in names:
    info = updater.get_targetinfo(name)
    if info is None:
        found[name] = None
        continue
    with open(updater.download_target(info), "rb") as file:
        found[name] = file.read().hex()
trusted = updater._trusted_set
print(json.dumps({
    "root": trusted.root.version,
    "timestamp": trusted.timestamp.version,
    "snapshot": trusted.snapshot.version,
    "targets": found,
}))
