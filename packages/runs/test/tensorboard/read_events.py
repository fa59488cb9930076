"""Prints what TensorBoard reads from a run's folder, as JSON: by its public reader and by the one its server uses."""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.util import tensor_util

folder = sys.argv[1]
reader, server = {}, {}

for run in ["train", "test"]:
    accumulator = EventAccumulator(f"{folder}/{run}", size_guidance={"scalars": 0})
    accumulator.Reload()
    reader[run] = {
        tag: [[point.step, point.value] for point in accumulator.Scalars(tag)]
        for tag in accumulator.Tags()["scalars"]
    }

multiplexer = EventMultiplexer(tensor_size_guidance={"scalars": 0}).AddRunsFromDirectory(folder)
multiplexer.Reload()
for run, tags in multiplexer.Runs().items():
    server[run] = {
        tag: [[point.step, tensor_util.make_ndarray(point.tensor_proto).item()] for point in multiplexer.Tensors(run, tag)]
        for tag in tags["tensors"]
    }

print(json.dumps({"reader": reader, "server": server}))
