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

/** Class indices, from 0: bytes are enough for 256 classes. */
export type Labels = Uint8Array | Uint16Array;

/** Images and their labels, `shape[0]` of each. */
export interface Split {
  /** Grey levels or colours 0-255, N x H x W x C in that order (NHWC). */
  images: Uint8Array;
  /** One class index per image. */
  labels: Labels;
  /** [N, H, W, C]. */
  shape: readonly [number, number, number, number];
}

/** A split whose images are read when a batch needs them, because all together would fill the memory. */
export interface StreamedSplit extends Omit<Split, "images"> {
  /**
   * The images of these indices in that order, n x H x W x C levels 0-255, in an array that the caller may change. Several calls may be
   * under way at a time.
   */
  read(indices: readonly number[]): Promise<Uint8Array>;
}

/** A split whose images are in memory, or are read when they are needed. */
export type AnySplit = Split | StreamedSplit;

/** What a run records of a folder of pictures, beside its settings, so that the same images can be loaded again. */
export interface ImageFolderFacts {
  /** Where it was. */
  path: string;
  /** Colour where pictures are transparent, and beside them where they are padded. */
  behind: "black" | "white";
  /** Files that were left out because they are no pictures; absent: none. */
  leftOut?: number;
}

/** Hashes of the pictures that a folder's images were made from, so that a later error can name those that differ. */
export interface PictureRecord {
  /** What has a hash: each file, or of very many files each class. */
  each: "file" | "class";
  /** Its name and the first 16 digits of a SHA-256, in the order of names. A file's name is its path from the folder. */
  hashes: [name: string, hash: string][];
}

/** A data set that is ready to be trained on: images and labels to learn from and to be tested on, and what they mean. */
export interface Dataset<S extends AnySplit = Split> extends DatasetInfo {
  /** Where this copy came from, in words. */
  source: string;
  /** SHA-256 of what the images are made from, in hexadecimal, for images that are read when they are needed. */
  sha256?: string;
  /** The folder of pictures that it was loaded from. Absent for other data sets. */
  folder?: ImageFolderFacts;
  /** The pictures of that folder. */
  pictures?: PictureRecord;
  /** The examples to learn from. */
  train: S;
  /** The examples that are never learned from. */
  test: S;
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
  /** Whether a mirrored image still shows its class, as that of a letter does not. Default true. */
  mirrorable?: boolean;
  /** Finds or makes the images. What it gives has the facts above. */
  load(options?: LoadOptions): Promise<Dataset<AnySplit>>;
}
