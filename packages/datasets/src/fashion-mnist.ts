// `fashionMnist()`: finds the data set on this machine, or fetches it once.
import { cacheFolder } from "./cache.js";
import type { Dataset, LoadEvent, LoadOptions } from "./dataset.js";
import { upstream } from "./download.js";
import { fashionMnistFiles } from "./fashion-mnist-files.js";
import { findFashionMnist } from "./find-fashion-mnist.js";
import type { Places } from "./search.js";

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
export const fashionMnist = async ({
  root,
  download = true,
  signal = new AbortController().signal,
  onEvent = warn,
}: LoadOptions = {}): Promise<Dataset> =>
  findFashionMnist({ root, download, signal, onEvent }, await defaultPlaces(process.env));

/** Where a program with these environment variables looks. */
export const defaultPlaces = async ({
  MLPCONV_DATA,
  MLPCONV_MIRROR,
}: NodeJS.ProcessEnv): Promise<Places> => ({
  files: fashionMnistFiles,
  environment: MLPCONV_DATA || undefined,
  cache: await cacheFolder(),
  system: "/usr/share/datasets/fashion-mnist",
  mirrors: MLPCONV_MIRROR ? [MLPCONV_MIRROR] : upstream,
  apt: process.platform === "linux" ? { aptGet: "apt-get", dpkgDeb: "dpkg-deb" } : undefined,
  limits: {
    connect: 10_000,
    idle: 20_000,
    total: 900_000,
    // The 30 MB take longer than `total` at 35 kB/s; a mirror this slow leaves time for the next one.
    pace: 30_000,
    rate: 10_000,
    command: 120_000,
    stale: 15_000,
  },
});

const warn = (event: LoadEvent): void => {
  if (event.type === "warning") process.emitWarning(event.message, "DatasetWarning");
};
