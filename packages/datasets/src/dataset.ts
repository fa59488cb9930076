// What a data set is here: images as bytes, one label each, split into training and test.

/** Images and their labels, `shape[0]` of each. */
export interface Split {
  /** Grey levels or colours 0-255, N x H x W x C in that order (NHWC). */
  images: Uint8Array;
  /** One class index per image. */
  labels: Uint8Array;
  /** [N, H, W, C]. */
  shape: readonly [number, number, number, number];
}

export interface Dataset {
  name: string;
  /** Where this copy came from, in words. */
  source: string;
  train: Split;
  test: Split;
  /** `classes[label]` is the label in words. */
  classes: readonly string[];
}
