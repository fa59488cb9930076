// What one tap of a filter meets of an image, for all output pixels at once ("im2col", one tap of it, transposed).
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Conv } from "./conv-info.js";
import { address, heap } from "./heap.js";

/**
 * Fills the rows of `moved` from `row` on, one an input channel, with [outHeight, outWidth, batch]: for each output pixel the values
 * of x that `tap` meets there, zeros in the padding. `inner` is x as [inChannels, inHeight, inWidth, batch].
 */
export const moveByTap = (
  backend: BackendWasm,
  inner: TensorInfo,
  moved: TensorInfo,
  row: number,
  tap: number,
  batch: number,
  { inHeight, inWidth, inChannels, outHeight, outWidth, strideHeight, strideWidth, ...conv }: Conv,
): void => {
  const values = heap(backend, moved);
  const top = Math.floor(tap / conv.filterWidth) - conv.padInfo.top;
  const left = (tap % conv.filterWidth) - conv.padInfo.left;
  // Output columns [begin, end) meet a column of x: 0 <= column * stride + left < inWidth.
  const begin = Math.min(outWidth, Math.max(0, Math.ceil(-left / strideWidth)));
  const end = Math.max(begin, Math.min(outWidth, Math.ceil((inWidth - left) / strideWidth)));
  let to = address(backend, moved) + row * outHeight * outWidth * batch;
  for (let channel = 0; channel < inChannels; channel++) {
    const plane = address(backend, inner) + channel * inHeight * inWidth * batch;
    for (let outRow = 0; outRow < outHeight; outRow++, to += outWidth * batch) {
      const inRow = outRow * strideHeight + top;
      if (inRow < 0 || inRow >= inHeight || begin === end) {
        values.fill(0, to, to + outWidth * batch);
        continue;
      }
      if (begin > 0) values.fill(0, to, to + begin * batch);
      if (end < outWidth) values.fill(0, to + end * batch, to + outWidth * batch);
      const from = plane + (inRow * inWidth + begin * strideWidth + left) * batch;
      if (strideWidth === 1) {
        values.copyWithin(to + begin * batch, from, from + (end - begin) * batch);
        continue;
      }
      for (let i = 0; i < end - begin; i++) {
        const source = from + i * strideWidth * batch;
        values.copyWithin(to + (begin + i) * batch, source, source + batch);
      }
    }
  }
};
