// Cumsum and Cumprod: sums and products of all values up to each place along an axis.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { isNumberTensor, newTensor } from "../box.js";
import { cpuKernel, kernel } from "../kernel.js";

/** The kernels, in the order of `enum ScanOp` in native/kernels.h: each for floats, and then for integers. */
const scans = ["Cumsum", "Cumprod"] as const;
const types = ["float32", "int32"] as const;

interface Attributes {
  axis: number;
  exclusive: boolean;
  reverse: boolean;
}

const scan = (kernelName: (typeof scans)[number]) => {
  const otherwise = cpuKernel(kernelName);
  return kernel<Record<"x", TensorInfo>, Attributes>(kernelName, (inputs, attributes, backend) => {
    const { x } = inputs;
    const { exclusive, reverse } = attributes;
    if (!isNumberTensor(x) || x.shape.length === 0) return otherwise(inputs, attributes, backend);
    const [axis = 0] = util.parseAxisParam(attributes.axis, x.shape);
    const dtype = x.dtype === "float32" ? "float32" : "int32";
    return newTensor(backend, x.shape, dtype, (y) => {
      const [from, to] = [backend.numbers(x), backend.numbers(y)];
      if (to.length === 0) return;
      const op = types.indexOf(dtype) * scans.length + scans.indexOf(kernelName);
      backend.library.call(
        "mlpconv_scan",
        op,
        util.sizeFromShape(x.shape.slice(0, axis)),
        x.shape[axis]!,
        util.sizeFromShape(x.shape.slice(axis + 1)),
        Number(exclusive),
        Number(reverse),
        x.dtype === "bool" ? Int32Array.from(from) : from,
        to,
      );
    });
  });
};

export const scanKernels = scans.map(scan);
