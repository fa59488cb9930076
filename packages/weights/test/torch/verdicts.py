"""Says of each file in a folder whether the reference implementation of safetensors opens it: one 0 or 1 a file, in order of their names."""

import sys
from pathlib import Path

from safetensors import SafetensorError, deserialize


def opens(path):
    try:
        deserialize(path.read_bytes())
        return 1
    except SafetensorError:
        return 0


print("".join(str(opens(path)) for path in sorted(Path(sys.argv[1]).iterdir())))
