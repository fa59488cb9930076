// Walks the windows of a 2-D pooling: for each output pixel, where the input pixels lie that its window covers.
import { backend_util } from "@tensorflow/tfjs-core";

export interface PoolAttrs {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: Parameters<typeof backend_util.computePool2DInfo>[4];
  dimRoundingMode?: "floor" | "round" | "ceil";
}

/**
 * Calls `visit(output, inputs, count)` for each output pixel in order: `output` is the index of its first channel, and the first
 * `count` entries of `inputs` are those of the window's pixels inside the image, row by row (padding is left out).
 */
export const eachWindow = (
  inputShape: number[],
  { filterSize, strides, pad, dimRoundingMode }: PoolAttrs,
  visit: (output: number, inputs: Int32Array, count: number) => void,
): void => {
  // The op has checked the rank.
  const shape = inputShape as [number, number, number, number];
  const pool = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
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
