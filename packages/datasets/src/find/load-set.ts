// Finds a published data set on this machine, or fetches it once.
import type { Dataset, DatasetDescriptor, LoadEvent, LoadOptions } from "../dataset.js";
import { downloadsOf, type PublishedSet } from "../sets/data-set.js";
import { fashionMnistSet } from "../sets/fashion-mnist.js";
import { cacheFolder } from "./cache.js";
import { findData } from "./find-data.js";
import type { Places } from "./places.js";

/**
 * Looks in `root`, a folder with the data set's files, or one with a folder of the data set's name; or else in the folder that the
 * environment variable MLPCONV_DATA names, in the same way, in the user's cache and in the folder of a Debian package. Then it downloads into the
 * cache, from the URL in MLPCONV_MIRROR if that is set and from upstream otherwise, and last asks apt where there is a package. Every file is
 * verified by its published checksum.
 *
 * @throws DatasetError `damaged` when `root` has a damaged file, `unavailable` when it lacks one, or when without a root every place
 * fails: the message lists them all
 */
const loadSet = async (
  set: PublishedSet,
  { root, download = true, signal = new AbortController().signal, onEvent = warn }: LoadOptions = {},
): Promise<Dataset> => findData({ root, download, signal, onEvent }, await defaultPlaces(set, process.env));

/** The descriptor of a published data set. */
export const descriptorOf = (set: PublishedSet): DatasetDescriptor => ({
  ...set.info,
  ...(set.mirrorable === false && { mirrorable: false }),
  load: (options) => loadSet(set, options),
});

/**
 * Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017, arXiv:1708.07747): 60,000 + 10,000 grey images of 28x28 pixels, ten classes.
 *
 * Looks in `root`, a folder with the four IDX files, plain or gzipped; or else in the folder named by the environment variable MLPCONV_DATA, the user's cache and
 * /usr/share/datasets/fashion-mnist. Then it downloads into the cache, from the URL in MLPCONV_MIRROR if that is set and from
 * upstream otherwise, and last asks apt where there is one. Every file is verified by the sha256 of its uncompressed bytes.
 *
 * @throws DatasetError `damaged` when `root` has a damaged file, `unavailable` when it lacks one, or when without a root every place
 * fails: the message lists them all
 */
export const fashionMnist = (options?: LoadOptions): Promise<Dataset> => loadSet(fashionMnistSet, options);

/** Where a program with these environment variables looks. */
export const defaultPlaces = async (
  set: PublishedSet,
  { MLPCONV_DATA, MLPCONV_MIRROR }: NodeJS.ProcessEnv,
): Promise<Places> => ({
  set,
  environment: MLPCONV_DATA || undefined,
  cache: await cacheFolder(set.cache),
  system: set.apt?.folder,
  mirrors: MLPCONV_MIRROR ? [MLPCONV_MIRROR] : set.mirrors,
  apt: process.platform === "linux" ? { aptGet: "apt-get", dpkgDeb: "dpkg-deb" } : undefined,
  limits: {
    connect: 10_000,
    idle: 20_000,
    total: totalLimit(set),
    // 30 MB take longer than the least `total` at 35 kB/s; a mirror this slow leaves time for the next one.
    pace: 30_000,
    rate: 10_000,
    command: 120_000,
    stale: 15_000,
  },
});

/** Milliseconds for all of a download: 15 minutes, or what it takes at 100 kB/s. */
const totalLimit = ({ forms: [form] }: PublishedSet): number =>
  Math.max(900_000, downloadsOf(form).reduce((sum, { bytes }) => sum + bytes, 0) / 100);

const warn = (event: LoadEvent): void => {
  if (event.type === "warning") process.emitWarning(event.message, "DatasetWarning");
};
