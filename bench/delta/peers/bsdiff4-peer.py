"""`bsdiff4-peer.py diff BASE NEXT PATCH`, `bsdiff4-peer.py apply BASE PATCH NEXT`."""
import sys

import bsdiff4

_, verb, first, second, third = sys.argv
if verb == "diff":
    bsdiff4.file_diff(first, second, third)
else:
    bsdiff4.file_patch(first, third, second)
