// Maximum and Minimum, whose stock kernels give the first operand where the second is NaN.
import { backend_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { floats } from "../heap.js";
import { isFiniteSum } from "../is-finite-sum.js";
import { kernel, stock } from "../kernel.js";

const extreme = (kernelName: "Maximum" | "Minimum") => {
  const otherwise = stock(kernelName);
  return kernel<Record<"a" | "b", TensorInfo>, undefined>(kernelName, ({ a, b }, _, backend) => {
    const y = otherwise({ a, b }, {}, backend);
    if (b.dtype !== "float32" || a.dtype !== "float32" || isFiniteSum(backend, b)) return y;
    const [from, to] = [floats(backend, b), floats(backend, y)];
    const strides = util.computeStrides(y.shape);
    // Where b has one entry along an axis, it is the same for all of y's.
    const repeated = backend_util
      .getBroadcastDims(b.shape, y.shape)
      .map((axis) => axis + y.shape.length - b.shape.length);
    const own = util.computeStrides(b.shape);
    for (let i = 0; i < to.length; i++) {
      const place = util.indexToLoc(i, y.shape.length, strides);
      for (const axis of repeated) place[axis] = 0;
      const index = util.locToIndex(place.slice(y.shape.length - b.shape.length), b.shape.length, own);
      if (Number.isNaN(from[index]!)) to[i] = Number.NaN;
    }
    return y;
  });
};

export const extremes = [extreme("Maximum"), extreme("Minimum")];
