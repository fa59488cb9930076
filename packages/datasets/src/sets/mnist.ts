// MNIST (LeCun, Bottou, Bengio and Haffner, 1998): handwritten digits.
import type { PublishedSet } from "./data-set.js";
import { idxForm } from "./idx-form.js";

const examples = { train: 60_000, test: 10_000 } as const;

export const mnistSet: PublishedSet = {
  info: {
    name: "mnist",
    classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    shape: [28, 28, 1],
    // The figures of PyTorch's MNIST example.
    mean: [0.1307],
    std: [0.3081],
    background: "dark",
  },
  examples,
  what: "the four IDX files",
  homepage: "https://ossci-datasets.s3.amazonaws.com/mnist/",
  // The copies that torchvision and TensorFlow Datasets use.
  mirrors: [
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
  ],
  cache: "mnist",
  mirrorable: false,
  forms: [
    idxForm({
      prefix: { train: "train", test: "t10k" },
      examples,
      // Checksums of the uncompressed bytes: many projects list them beside those of the gzip files, which TensorFlow Datasets lists too.
      known: {
        testLabels: { sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2" },
        trainLabels: { sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5" },
        testImages: { sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7" },
        trainImages: { sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db" },
      },
    }),
  ],
};
