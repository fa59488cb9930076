// What a data set is here: facts that are known before its images, a way to load it, and the images as bytes with one label each.

/** The facts of a data set that a run records, and that a network is built, fed and described by. */
export interface DatasetInfo {
  /** What runs and reports call it: "fashion-mnist", "synthetic". */
  name: string;
  /** Names of the classes; `classes[label]` is the label in words. */
  classes: readonly string[];
  /** Shape of one image: [height, width, channels], in pixels. */
  shape: readonly [height: number, width: number, channels: number];
  /** Mean of each channel over the training images, of pixels in [0, 1]. */
  mean: readonly number[];
  /** Standard deviation of each channel, of the same. */
  std: readonly number[];
  /** Brightness behind what the images show. Absent where it differs from image to image, as in photographs. */
  background?: "dark" | "light";
}

/** Images and their labels, `shape[0]` of each. */
export interface Split {
  /** Grey levels or colours 0-255, N x H x W x C in that order (NHWC). */
  images: Uint8Array;
  /** One class index per image. */
  labels: Uint8Array;
  /** [N, H, W, C]. */
  shape: readonly [number, number, number, number];
}

/** A loaded data set: images and labels to learn from and to be tested on, and what they mean. */
export interface Dataset extends DatasetInfo {
  /** Where this copy came from, in words. */
  source: string;
  /** The examples to learn from. */
  train: Split;
  /** The examples that are never learned from. */
  test: Split;
}

/** What happens while a data set is loaded. */
export interface LoadEvent {
  /** A `warning` names something that a user should repair; `progress` is one line to show meanwhile. */
  type: "warning" | "progress";
  /** What happened, in words. */
  message: string;
}

/** Where a data set is looked for, and who is told what happens. */
export interface LoadOptions {
  /** A folder with the data set's files. If given it is the only place: what it lacks is an error. */
  root?: string | undefined;
  /** Whether the network may be used when no folder has the data. Default true. */
  download?: boolean;
  /** Ends the search or download; the promise then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Told what happens on the way. Without it, warnings become Node's process warnings and progress is silent. */
  onEvent?: ((event: LoadEvent) => void) | undefined;
}

/** A data set that a program can train on: its facts, and how to get its images. */
export interface DatasetDescriptor extends DatasetInfo {
  /** Finds or makes the images. What it gives has the facts above. */
  load(options?: LoadOptions): Promise<Dataset>;
}
