// Elementwise operations with one operand; types that the library has no loop for use the cpu backend's kernels.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { cpuKernel, kernel } from "../kernel.js";
import { numberOf, type Operation, type UnaryName, unaryOperations } from "../operations.js";

interface Attributes {
  /** Slope of LeakyRelu, or the value of Step up to 0. */
  alpha?: number;
  /** Bounds of ClipByValue. */
  clipValueMin?: number;
  clipValueMax?: number;
}

const unary = (kernelName: UnaryName) => {
  const { types, result }: Operation = unaryOperations[kernelName];
  const op = numberOf.unary[kernelName];
  const otherwise = cpuKernel(kernelName);
  return kernel<Record<"x", TensorInfo>, Attributes | undefined>(
    kernelName,
    (inputs, attributes = {}, backend) => {
      const { x } = inputs;
      const { alpha = 0, clipValueMin = alpha, clipValueMax = 0 } = attributes;
      const type = types.find((each) => each === x.dtype);
      // Bounds that are no numbers of that type are compared as JavaScript compares.
      const plain = type === "float32" || (Number.isFinite(clipValueMin) && Number.isFinite(clipValueMax));
      if (!type || !plain) return otherwise(inputs, attributes, backend);
      const values = backend.numbers(x);
      const y = backend.allocate(x.shape, result ?? type);
      backend.library.call(
        "mlpconv_unary",
        op,
        numberOf.type[type],
        util.sizeFromShape(x.shape),
        values,
        clipValueMin,
        clipValueMax,
        backend.numbers(y),
      );
      return y;
    },
  );
};

export const unaryKernels = (Object.keys(unaryOperations) as UnaryName[]).map(unary);
