// UnsortedSegmentSum, which the stock backend lacks: the gradient of `tf.gather`.
import { type TensorInfo, type UnsortedSegmentSumAttrs, util } from "@tensorflow/tfjs-core";
import { allocate, floats, words } from "../heap.js";
import { kernel } from "../kernel.js";

type Inputs = Record<"x" | "segmentIds", TensorInfo>;

export const unsortedSegmentSum = kernel<Inputs, UnsortedSegmentSumAttrs>(
  "UnsortedSegmentSum",
  ({ x, segmentIds }, { numSegments }, backend) => {
    const row = x.shape.slice(segmentIds.shape.length);
    const size = util.sizeFromShape(row);
    const sums = allocate(backend, [numSegments, ...row]);
    const to = floats(backend, sums).fill(0);
    const from = floats(backend, x);
    words(backend, segmentIds).forEach((segment, i) => {
      if (segment < 0 || segment >= numSegments) return; // belongs to no segment
      for (let j = 0; j < size; j++) to[segment * size + j]! += from[i * size + j]!;
    });
    return sums;
  },
);
