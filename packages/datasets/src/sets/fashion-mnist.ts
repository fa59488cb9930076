// Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017, arXiv:1708.07747): the files that it is published as.
import type { PublishedSet } from "./data-set.js";
import { fashionMnistExamples, fashionMnistInfo } from "./fashion-mnist-info.js";
import { idxForm } from "./idx-form.js";

export const fashionMnistSet: PublishedSet = {
  info: fashionMnistInfo,
  examples: fashionMnistExamples,
  what: "the four IDX files",
  homepage: "https://github.com/zalandoresearch/fashion-mnist, folder data/fashion",
  // Its authors' repository, the copy that Keras uses, the authors' own bucket (http only).
  mirrors: [
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
  ],
  cache: "fashion-mnist",
  apt: { package: "dataset-fashion-mnist", folder: "/usr/share/datasets/fashion-mnist" },
  forms: [
    idxForm({
      prefix: { train: "train", test: "t10k" },
      examples: fashionMnistExamples,
      // Checksums of the uncompressed bytes, because distributions compress them differently.
      known: {
        testLabels: { sha256: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34" },
        trainLabels: { sha256: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9" },
        testImages: { sha256: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b" },
        trainImages: { sha256: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888" },
      },
    }),
  ],
};
