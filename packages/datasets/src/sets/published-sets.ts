// The list of the published data sets. To add one: its file with the facts, and its entry here.
import { cifar10Set, cifar100Set } from "./cifar.js";
import type { PublishedSet } from "./data-set.js";
import { emnistSets } from "./emnist.js";
import { fashionMnistSet } from "./fashion-mnist.js";
import { kmnistSet } from "./kmnist.js";
import { mnistSet } from "./mnist.js";

/** Fashion-MNIST is first because it is the one that is trained on by default. */
export const publishedSets: readonly [PublishedSet, ...PublishedSet[]] = [
  fashionMnistSet,
  mnistSet,
  kmnistSet,
  ...emnistSets,
  cifar10Set,
  cifar100Set,
];

/** The known checksums, and what file of which data set each one is of. */
const owners = new Map(
  publishedSets.flatMap(({ info, forms }) =>
    forms.flatMap(({ files }) =>
      files.flatMap(({ name, sha256, md5, gzip }) =>
        [sha256, md5, gzip?.sha256, gzip?.md5].flatMap((checksum) =>
          checksum === undefined ? [] : [[checksum, `${name} of ${info.name}`] as const],
        ),
      ),
    ),
  ),
);

/** "train-images-idx3-ubyte of kmnist" for the checksum of that file; undefined for one that is not known. */
export const fileWithChecksum = (checksum: string): string | undefined => owners.get(checksum);
