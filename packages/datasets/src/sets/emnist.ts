// EMNIST (Cohen, Afshar, Tapson and van Schaik, 2017, arXiv:1702.05373): handwritten letters and digits. Its data sets are published in one archive.
import type { Archive, PublishedSet } from "./data-set.js";
import { idxForm } from "./idx-form.js";

/** Length and SHA-256 as TensorFlow Datasets lists them; torchvision's MD5 is 58c8d27c78d21e728a6bc7b3cc06412e. */
const archive: Archive = {
  kind: "zip",
  name: "gzip.zip",
  bytes: 561_753_746,
  unpacked: 561_753_746,
  sha256: "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
};

interface Facts {
  /** Its name in EMNIST. */
  name: "balanced" | "letters" | "digits";
  classes: string;
  examples: { readonly train: number; readonly test: number };
  /** Mean and standard deviation as Lightning Bolts lists them. */
  mean: number;
  std: number;
  firstLabel?: number;
}

const emnistSet = ({ name, classes, examples, mean, std, firstLabel = 0 }: Facts): PublishedSet => ({
  info: {
    name: `emnist-${name}`,
    classes: [...classes],
    shape: [28, 28, 1],
    mean: [mean],
    std: [std],
    background: "dark",
  },
  examples,
  what: "gzip.zip or its four IDX files",
  homepage: "https://www.nist.gov/itl/products-and-services/emnist-dataset",
  mirrors: [
    "https://biometrics.nist.gov/cs_links/EMNIST/",
    "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/",
  ],
  // All of EMNIST is one download.
  cache: "emnist",
  forms: [
    {
      ...idxForm({
        prefix: { train: `gzip/emnist-${name}-train`, test: `gzip/emnist-${name}-test` },
        examples,
      }),
      archive,
    },
  ],
  firstLabel,
  transposed: true,
  mirrorable: false,
});

/** Characters of the data set's own mapping file: lower-case letters that look like their capitals are one class with them. */
const balanced = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt";

export const emnistSets: readonly PublishedSet[] = [
  emnistSet({
    name: "balanced",
    classes: balanced,
    examples: { train: 112_800, test: 18_800 },
    mean: 0.175,
    std: 0.333,
  }),
  // Capitals and lower-case letters are one class; labels are 1 to 26.
  emnistSet({
    name: "letters",
    classes: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    examples: { train: 124_800, test: 20_800 },
    mean: 0.172,
    std: 0.331,
    firstLabel: 1,
  }),
  emnistSet({
    name: "digits",
    classes: "0123456789",
    examples: { train: 240_000, test: 40_000 },
    mean: 0.173,
    std: 0.332,
  }),
];
