// Pooling on tfjs's `cpu` backend. It replaces two kernels with wrong values: max pooling that ignores NaN, and the gradient of average
// pooling that divides by the whole window although the forward pass divides by the pixels inside the image.

import { checkKernels } from "./check-kernels.js";
import { tf } from "./tf.js";

type Images = tf.TensorInfo & { shape: [number, number, number, number] };
type Values = Float32Array | Int32Array;
type Pooling = Pick<tf.MaxPoolAttrs, "filterSize" | "strides" | "pad" | "dimRoundingMode">;

/** Members of the backend that these kernels use and tfjs-core does not type. */
interface CpuBackend {
  data: { get(id: tf.TensorInfo["dataId"]): { values: Values } };
  makeTensorInfo(shape: number[], dtype: tf.DataType, values: Values): tf.TensorInfo;
}

/** Calls `visit` for each output value with its index and the indices of the pixels of its window inside the image, row by row. */
const eachWindow = (
  { shape }: Images,
  { filterSize, strides, pad, dimRoundingMode }: Pooling,
  visit: (output: number, pixels: readonly number[]) => void,
): number[] => {
  const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const { inHeight, inWidth, inChannels: channels, outHeight, outWidth, padInfo } = info;
  let output = 0;
  const pixels: number[] = [];
  for (let image = 0; image < info.batchSize; image++) {
    for (let outRow = 0; outRow < outHeight; outRow++) {
      const top = outRow * info.strideHeight - padInfo.top;
      for (let outColumn = 0; outColumn < outWidth; outColumn++) {
        const left = outColumn * info.strideWidth - padInfo.left;
        for (let channel = 0; channel < channels; channel++) {
          pixels.length = 0;
          for (let row = Math.max(top, 0); row < Math.min(top + info.filterHeight, inHeight); row++) {
            for (
              let column = Math.max(left, 0);
              column < Math.min(left + info.filterWidth, inWidth);
              column++
            )
              pixels.push(((image * inHeight + row) * inWidth + column) * channels + channel);
          }
          visit(output++, pixels);
        }
      }
    }
  }
  return info.outShape;
};

/** The index of the largest value. As in PyTorch, NaN is larger than every number; the first of equal values is taken, the last of several NaN. */
const largestOf = (pixels: readonly number[], values: Values): number => {
  let at = pixels[0]!;
  for (const pixel of pixels) {
    const value = values[pixel]!;
    if (value > values[at]! || Number.isNaN(value)) at = pixel;
  }
  return at;
};

const valuesOf = (backend: CpuBackend, { dataId }: tf.TensorInfo): Values => backend.data.get(dataId).values;

type Kernel = (inputs: Record<string, Images>, pooling: Pooling, backend: CpuBackend) => tf.TensorInfo;

const kernels: Record<string, Kernel> = {
  MaxPool: ({ x }, pooling, backend) => {
    const values = valuesOf(backend, x!);
    const result: number[] = [];
    const shape = eachWindow(x!, pooling, (_, pixels) => result.push(values[largestOf(pixels, values)]!));
    const { dtype } = x!;
    return backend.makeTensorInfo(shape, dtype, (dtype === "int32" ? Int32Array : Float32Array).from(result));
  },
  MaxPoolGrad: ({ dy, input }, pooling, backend) => {
    const [values, gradient] = [valuesOf(backend, input!), valuesOf(backend, dy!)];
    const result = new Float32Array(values.length);
    eachWindow(input!, pooling, (output, pixels) => {
      result[largestOf(pixels, values)]! += gradient[output]!;
    });
    return backend.makeTensorInfo(input!.shape, "float32", result);
  },
  AvgPoolGrad: ({ dy, input }, pooling, backend) => {
    const gradient = valuesOf(backend, dy!);
    const result = new Float32Array(tf.util.sizeFromShape(input!.shape));
    eachWindow(input!, pooling, (output, pixels) => {
      for (const pixel of pixels) result[pixel]! += gradient[output]! / pixels.length;
    });
    return backend.makeTensorInfo(input!.shape, "float32", result);
  },
};

const backendName = "cpu";
let done = false;

/** Replaces tfjs's kernels by these, and adds the checks of `checkKernels` to the backend's kernels. A second call changes nothing. */
export const correctCpuKernels = (): void => {
  // Without tfjs's cpu backend there are no such kernels.
  if (done || !tf.getKernel("MaxPool", backendName)) return;
  done = true;
  for (const [kernelName, call] of Object.entries(kernels)) {
    tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) =>
        call(inputs as Record<string, Images>, attrs as unknown as Pooling, backend as CpuBackend),
    });
  }
  checkKernels(backendName);
};
