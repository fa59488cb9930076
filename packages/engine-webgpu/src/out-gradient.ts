// The gradient with respect to a convolution's output, zero where its ReLU was inactive.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { TrainingBackend } from "./backend.js";
import { maskedGradient } from "./wgsl/masked-gradient.js";
import type { VectorWidth } from "./wgsl/vector.js";

/** A gradient with respect to the output, and the output y if it came from a ReLU. */
export interface OutGradient {
  dy: TensorInfo;
  y?: TensorInfo | undefined;
}

/** The masked gradient as a tensor, which both gradients of a convolution read. In mixed precision it holds scaled 16-bit floats. */
export const masked = (
  backend: TrainingBackend,
  dy: TensorInfo,
  y: TensorInfo,
  vectorWidth: VectorWidth,
): TensorInfo =>
  backend.derived(dy, y, () => {
    const size = util.sizeFromShape(dy.shape);
    const words = backend.precision === "mixed" ? Math.ceil(size / 2) : size;
    const made = backend.makeTensorInfo([words], "float32");
    backend.record(maskedGradient(size, vectorWidth, backend.precision), [made, dy, y]);
    return made;
  });
