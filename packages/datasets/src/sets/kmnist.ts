// Kuzushiji-MNIST (Clanuwat et al., 2018, arXiv:1812.01718): ten characters of old Japanese cursive script.
import type { PublishedSet } from "./data-set.js";
import { idxForm } from "./idx-form.js";

const examples = { train: 60_000, test: 10_000 } as const;

export const kmnistSet: PublishedSet = {
  info: {
    name: "kmnist",
    classes: ["o お", "ki き", "su す", "tsu つ", "na な", "ha は", "ma ま", "ya や", "re れ", "wo を"],
    shape: [28, 28, 1],
    // The figures that most recipes for it have.
    mean: [0.1918],
    std: [0.3483],
    background: "dark",
  },
  examples,
  what: "the four IDX files",
  homepage: "http://codh.rois.ac.jp/kmnist/",
  mirrors: ["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"],
  cache: "kmnist",
  mirrorable: false,
  forms: [
    idxForm({
      prefix: { train: "train", test: "t10k" },
      examples,
      // Checksums of the gzip files, as TensorFlow Datasets lists them; no checksums of the uncompressed bytes are published.
      known: {
        testLabels: {
          gzip: { sha256: "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c" },
        },
        trainLabels: {
          gzip: { sha256: "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17" },
        },
        testImages: {
          gzip: { sha256: "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5" },
        },
        trainImages: {
          gzip: { sha256: "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4" },
        },
      },
    }),
  ],
};
