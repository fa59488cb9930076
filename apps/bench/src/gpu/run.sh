#!/bin/sh
# Measures engine webgpu on this machine's NVIDIA GPU, beside PyTorch: run.sh OUT. Without arguments it tells what more can be said.
here=$(cd "$(dirname "$0")" && pwd)
LD_LIBRARY_PATH=$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} exec "$here/node" "$here/measure.js" "$@"
