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

/** Images and labels to learn from and to be tested on, and what the labels mean. */
export interface Dataset {
  /** What runs and reports call it: "fashion-mnist", "synthetic". */
  name: string;
  /** Where this copy came from, in words. */
  source: string;
  /** The examples to learn from. */
  train: Split;
  /** The examples that are never learned from. */
  test: Split;
  /** `classes[label]` is the label in words. */
  classes: readonly string[];
}
