// Walks the windows of a 2-D pooling: for each output pixel, where the input pixels lie that its window covers.
import { backend_util } from "@tensorflow/tfjs-core";
import { checkWindow, explicit } from "./conv-info.js";

export interface PoolAttrs {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: Parameters<typeof backend_util.computePool2DInfo>[4];
  dimRoundingMode?: "floor" | "round" | "ceil";
}

/** @throws RangeError when the window does not fit the images, or can lie outside of them, where it has no value */
export const poolInfo = (
  kernelName: string,
  inputShape: number[],
  { filterSize, strides, pad, dimRoundingMode }: PoolAttrs,
): backend_util.Conv2DInfo => {
  if (inputShape.length !== 4) {
    throw new Error(
      `${kernelName} on wasm: expected images [batch, height, width, channels], got [${inputShape}]`,
    );
  }
  const shape = inputShape as [number, number, number, number];
  const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, explicit(pad), dimRoundingMode);
  checkWindow(kernelName, info);
  const { top, bottom, left, right } = info.padInfo;
  const outside =
    top >= info.filterHeight ||
    left >= info.filterWidth ||
    (info.outHeight - 1) * info.strideHeight - top >= info.inHeight ||
    (info.outWidth - 1) * info.strideWidth - left >= info.inWidth;
  if (outside) {
    throw new RangeError(
      `${kernelName} on wasm: expected each window to cover a pixel of the image, got window ${info.filterHeight}x${info.filterWidth} ` +
        `with padding [${[top, bottom, left, right]}]; pad at most half of the window`,
    );
  }
  return info;
};

/**
 * Calls `visit(output, inputs, count)` for each output pixel in order: `output` is the index of its first channel, and the first
 * `count` entries of `inputs` are those of the window's pixels inside the image, row by row (padding is left out).
 */
export const eachWindow = (
  pool: backend_util.Conv2DInfo,
  visit: (output: number, inputs: Int32Array, count: number) => void,
): void => {
  const { batchSize, outHeight, outWidth, inChannels: channels } = pool;
  const inputs = new Int32Array(pool.filterHeight * pool.filterWidth);
  let output = 0;
  for (let image = 0; image < batchSize; image++) {
    for (let outRow = 0; outRow < outHeight; outRow++) {
      const top = outRow * pool.strideHeight - pool.padInfo.top;
      for (let outColumn = 0; outColumn < outWidth; outColumn++, output += channels) {
        const left = outColumn * pool.strideWidth - pool.padInfo.left;
        let count = 0;
        for (let row = Math.max(0, top); row < Math.min(pool.inHeight, top + pool.filterHeight); row++) {
          for (
            let column = Math.max(0, left);
            column < Math.min(pool.inWidth, left + pool.filterWidth);
            column++
          ) {
            inputs[count++] = ((image * pool.inHeight + row) * pool.inWidth + column) * channels;
          }
        }
        visit(output, inputs, count);
      }
    }
  }
};
