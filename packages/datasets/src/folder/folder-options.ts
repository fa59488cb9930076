// Options of image folders, their default values, and checks of them.
import { availableParallelism, totalmem } from "node:os";
import type { LoadEvent } from "../dataset.js";
import { DatasetError } from "../dataset-error.js";
import type { Fit } from "../fits.js";
import type { DecodeOptions, PictureChannels } from "./decode-picture.js";
import type { SplitOptions } from "./layout.js";
import { pictureLimits } from "./picture-reader.js";

/** How a folder is split, and who receives progress messages. */
export interface FolderScanOptions extends Partial<SplitOptions> {
  /** Ends the work; the promise then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Told what happens on the way. Without it, warnings become Node's process warnings and progress is silent. */
  onEvent?: ((event: LoadEvent) => void) | undefined;
}

/** What the pictures of a folder are made into. */
export interface PictureOptions {
  /** Side of the square images, in pixels. Default 64. */
  size?: number;
  /** How a picture becomes a square. Default `"crop"`: its middle. */
  fit?: Fit;
  /** 3 for colours, 1 for grey. Default 3. */
  channels?: PictureChannels;
  /** Colour where pictures are transparent, and beside them where they are padded. Default `"white"`. */
  behind?: DecodeOptions["behind"];
}

/** How the pictures of a folder are loaded. */
export interface FolderLoadOptions extends PictureOptions, Pick<FolderScanOptions, "signal" | "onEvent"> {
  /** Whether to go on without files that are no pictures. Default false: they are an error. */
  skipBad?: boolean;
  /** Bytes of images that may be kept in memory; more are read when they are needed. Default: a quarter of the memory, at most 4 GiB. */
  memory?: number;
  /** Folder for decoded images; `false`: none are kept. Default: the user's cache. */
  cache?: string | false;
  /** Bytes that the cache may hold; what was used the longest time ago is removed first. Default 8 GiB. */
  cacheBytes?: number;
  /** Processes that decode. Default: one for each processor, at most 8. */
  processes?: number;
  /** Seconds for one picture. Default 30. */
  seconds?: number;
}

/** Default values of the options. */
export const folderDefaults = {
  testShare: 0.2,
  seed: 0,
  size: 64,
  fit: "crop",
  channels: 3,
  behind: "white",
} as const satisfies Required<PictureOptions> & SplitOptions;

/** Makes warnings Node's process warnings; progress is silent. */
export const warn = ({ type, message }: LoadEvent): void => {
  if (type === "warning") process.emitWarning(message, "DatasetWarning");
};

/** The error of an option that is out of its range. */
export const bad = (option: string, expected: string, got: unknown) =>
  new DatasetError("option", `imageFolder: expected ${option} to be ${expected}, got ${got}`);

/** A share of the memory that this process may use, small enough for one array. */
const defaultMemory = (): number => {
  const limit = process.constrainedMemory?.() || totalmem();
  return Math.min(2 ** 32, Math.floor(Math.min(limit, totalmem()) / 4));
};

/** The options with their default values. @throws DatasetError `option` when one is out of its range */
export const checkLoad = ({
  size = folderDefaults.size,
  fit = folderDefaults.fit,
  channels = folderDefaults.channels,
  behind = folderDefaults.behind,
  skipBad = false,
  memory = defaultMemory(),
  cacheBytes = 8 * 2 ** 30,
  processes = Math.min(8, availableParallelism()),
  seconds = pictureLimits.seconds,
}: FolderLoadOptions) => {
  if (!Number.isSafeInteger(size) || size < 1 || size > 4096)
    throw bad("size", "a whole number from 1 to 4096", size);
  if (channels !== 1 && channels !== 3) throw bad("channels", "1 or 3", channels);
  if (!(memory >= 0)) throw bad("memory", "a number of bytes", memory);
  return { size, fit, channels, behind, skipBad, memory, cacheBytes, processes, seconds };
};
