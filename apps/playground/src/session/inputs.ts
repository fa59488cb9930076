// Images as a network is given them.

import type { Loader } from "@mlpconv/datasets";
import { type DatasetInfo, loader, testOptions } from "@mlpconv/datasets";
import type { NetworkSettings } from "./session.js";

/** Images 0-255 as a loader that gives them all, as the network is shown test images. */
export const inputsOf = (
  settings: NetworkSettings,
  data: DatasetInfo,
  pixels: Uint8Array,
  batchSize: number,
): Loader => {
  const [height, width, channels] = data.shape;
  const images = pixels.length / (height * width * channels);
  return loader(
    { images: pixels, labels: new Uint8Array(images), shape: [images, height, width, channels] },
    { ...testOptions({ ...settings, data }), batchSize },
  );
};

/** @throws RangeError unless there are as many pixels as one image has */
export const checkPixels = (where: string, pixels: Uint8Array, { shape }: DatasetInfo): void => {
  const length = shape.reduce((product, side) => product * side, 1);
  if (!(pixels instanceof Uint8Array) || pixels.length !== length)
    throw new RangeError(
      `${where}: expected ${length} pixels (${shape.join("x")}) in a Uint8Array, got ${pixels?.length ?? "none"}; scale the picture to the data's shape`,
    );
};

/** Images in one batch of a pass without training, so that the activations of large images fit into memory. */
export const imagesAtOnce = ({ resize }: Pick<NetworkSettings, "resize">): number =>
  Math.min(128, Math.max(1, Math.floor(2 ** 17 / resize ** 2)));
