// How a net is shown test images: as it was trained to see them.
import type { TrainedConfig } from "@mlpconv/runs";

/** Fashion-MNIST's own side, in pixels. */
export const nativeSide = 28;

/** The training images' mean and standard deviation, of pixels in [0, 1]. */
export const fashionMnistPixels = { mean: 0.286, std: 0.353 } as const;

/** What the loader of test images is given: whole and in order. */
export const testOptions = ({
  batchSize,
  resize,
  seed,
  normalize,
}: Pick<TrainedConfig, "batchSize" | "resize" | "seed" | "normalize">) => ({
  batchSize,
  seed,
  ...(resize !== nativeSide && { resize }),
  ...(normalize && { normalize: fashionMnistPixels }),
});
