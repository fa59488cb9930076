// MaxPool and AvgPool: XNNPACK's, which loses NaN and has no windows of one pixel, and a plain loop where it would be wrong.
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { type backend_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { sides } from "../conv-info.js";
import { allocate, expectFloats, floats } from "../heap.js";
import { isFiniteSum } from "../is-finite-sum.js";
import { kernel, stock } from "../kernel.js";
import { eachWindow, type PoolAttrs, poolInfo } from "../pool-windows.js";

/** The value of a window: the first `count` entries of `window` are where its pixels are, each `channel` values on. */
type Reduce = (x: Float32Array, window: Int32Array, count: number, channel: number) => number;

const largest: Reduce = (x, window, count, channel) => {
  let best = x[window[0]! + channel]!;
  for (let i = 1; i < count; i++) {
    const value = x[window[i]! + channel]!;
    if (value > best || Number.isNaN(value)) best = value;
  }
  return best;
};

const mean: Reduce = (x, window, count, channel) => {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += x[window[i]! + channel]!;
  return sum / count;
};

const byLoop = (
  backend: BackendWasm,
  x: TensorInfo,
  pool: backend_util.Conv2DInfo,
  reduce: Reduce,
): TensorInfo => {
  const y = allocate(backend, pool.outShape);
  const [values, result] = [floats(backend, x), floats(backend, y)];
  eachWindow(pool, (first, window, count) => {
    for (let channel = 0; channel < pool.inChannels; channel++)
      result[first + channel] = reduce(values, window, count, channel);
  });
  return y;
};

const pooling = (kernelName: "MaxPool" | "AvgPool", reduce: Reduce) => {
  const pool = stock(kernelName);
  return kernel<Record<"x", TensorInfo>, PoolAttrs>(kernelName, ({ x }, attrs, backend) => {
    expectFloats(kernelName, x);
    const info = poolInfo(kernelName, x.shape, attrs);
    const { filterHeight, filterWidth } = info;
    const plain = filterHeight * filterWidth > 1 && util.sizeFromShape(info.outShape) > 0;
    if (!plain || !isFiniteSum(backend, x)) return byLoop(backend, x, info, reduce);
    const attributes = { strides: attrs.strides, pad: sides(info), filterSize: [filterHeight, filterWidth] };
    return pool({ x }, attributes, backend);
  });
};

export const maxPool = pooling("MaxPool", largest);
export const avgPool = pooling("AvgPool", mean);
