// `imageFolder()`: a folder of pictures, one folder for each class, as a data set.
import { basename, resolve } from "node:path";
import type { AnySplit, Dataset, StreamedSplit } from "../dataset.js";
import {
  bad,
  type FolderLoadOptions,
  type FolderScanOptions,
  folderDefaults,
  warn,
} from "./folder-options.js";
import { type FolderLayout, readLayout } from "./layout.js";
import { loadFolder, trainingImages } from "./load-folder.js";
import { printable } from "./printable.js";

/** Options of `imageFolder`. */
export interface ImageFolderOptions extends FolderScanOptions, FolderLoadOptions {}

/** A folder that was looked through, and whose pictures were not read yet. */
export interface OpenFolder extends Pick<FolderLayout, "classes" | "separated"> {
  /** The folder's own name. */
  name: string;
  /** Reads and decodes the pictures, or takes them from the cache. */
  load(options?: FolderLoadOptions): Promise<Dataset<AnySplit>>;
  /**
   * The training images without reading them: each is decoded when it is asked for, and whether it is a picture shows then.
   *
   * @throws DatasetError as `load` does for an option that is out of its range, or without sharp
   */
  trainingImages(options?: FolderLoadOptions): Promise<StreamedSplit>;
}

/**
 * Loads a folder of pictures: `train/<class>/*` with `test/<class>/*` (or `val`, `valid`, `validation`), or `<class>/*` alone, of which a share is kept
 * for testing. PNG, JPEG, WebP, GIF, AVIF and TIFF, independent of the files' names. Needs the package `sharp`.
 *
 * @throws DatasetError `damaged` when the folders are no classes, or files are no pictures and `skipBad` is not set; `unavailable` when there is no such
 * folder or no sharp; `option` when an option is out of its range
 */
export const imageFolder = async (
  dir: string,
  options: ImageFolderOptions = {},
): Promise<Dataset<AnySplit>> => (await openImageFolder(dir, options)).load(options);

/**
 * Looks through a folder without reading its pictures: which classes it has, and which files are for testing.
 *
 * @throws DatasetError as `imageFolder` does
 */
export const openImageFolder = async (
  dir: string,
  {
    testShare = folderDefaults.testShare,
    seed = folderDefaults.seed,
    signal,
    onEvent = warn,
  }: FolderScanOptions = {},
): Promise<OpenFolder> => {
  if (!(testShare > 0 && testShare < 1))
    throw bad("testShare", "a number above 0 and below 1, such as 0.2", testShare);
  if (!Number.isSafeInteger(seed) || seed < 0) throw bad("seed", "a whole number of at least 0", seed);
  const path = resolve(dir);
  let files = 0;
  const onFile = () => {
    files++;
    if (files % 256 === 0)
      onEvent({
        type: "progress",
        message: `looking through ${printable(dir)}: ${files.toLocaleString("en-US")} files`,
      });
  };
  const layout = await readLayout(path, { testShare, seed }, { signal, onFile });
  const { classes, separated } = layout;
  const name = basename(path).normalize("NFC") || "images";
  return {
    name,
    classes,
    separated,
    load: (options = {}) => loadFolder({ path, name, layout }, { signal, onEvent, ...options }),
    trainingImages: (options = {}) => trainingImages(layout, options),
  };
};
