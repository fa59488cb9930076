// CIFAR-10 and CIFAR-100 (Krizhevsky, 2009): small photographs. MD5 of the archives: the authors' page; length and SHA-256: TensorFlow Datasets (the
// length of CIFAR-100's Python archive: Keras's download); MD5 of the unpacked pickles: torchvision; MD5 of the unpacked binary files: rai-project/dldataset.

import { cifar100Classes } from "./cifar100-classes.js";
import type { DataFile, PublishedSet } from "./data-set.js";

const mirrors = ["https://www.cs.toronto.edu/~kriz/", "https://cave.cs.toronto.edu/kriz/"];
const homepage = "https://www.cs.toronto.edu/~kriz/cifar.html";
const examples = { train: 50_000, test: 10_000 } as const;
const pixels = 32 * 32 * 3;
const MB = 1_000_000;

/** Binary files of a folder, each image a record of its labels and its pixels. */
const binary =
  (folder: string, labels: number) =>
  (split: DataFile["split"], name: string, count: number, md5: string): DataFile => ({
    name: `${folder}/${name}`,
    bytes: count * (labels + pixels),
    split,
    holds: "both",
    md5,
  });

/** Pickles of a folder: the pixels, and for labels and file names less than a third as much again. */
const pickle =
  (folder: string) =>
  (split: DataFile["split"], name: string, count: number, md5: string): DataFile => ({
    name: `${folder}/${name}`,
    bytes: Math.ceil(count * pixels * 1.3),
    split,
    holds: "both",
    md5,
  });

const binary10 = binary("cifar-10-batches-bin", 1);
const python10 = pickle("cifar-10-batches-py");
const binary100 = binary("cifar-100-binary", 2);
const python100 = pickle("cifar-100-python");

export const cifar10Set: PublishedSet = {
  info: {
    name: "cifar10",
    classes: ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
    shape: [32, 32, 3],
    mean: [0.4914, 0.4822, 0.4465],
    std: [0.247, 0.2435, 0.2616],
  },
  examples,
  what: "cifar-10-binary.tar.gz or cifar-10-python.tar.gz, packed or unpacked,",
  homepage,
  mirrors,
  cache: "cifar10",
  forms: [
    {
      format: "cifar-binary",
      archive: {
        kind: "tar.gz",
        name: "cifar-10-binary.tar.gz",
        bytes: 170_052_171,
        unpacked: 190 * MB,
        sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
        md5: "c32a1d4ab5d03f1284b67883e8d87530",
      },
      files: [
        binary10("train", "data_batch_1.bin", 10_000, "5dd7e06a14cb22eb9f671a540d1b7c25"),
        binary10("train", "data_batch_2.bin", 10_000, "5ea93a67294ea407fff1d09f752e9692"),
        binary10("train", "data_batch_3.bin", 10_000, "942cd6a4bcdd0dd3c604fbe906cb4421"),
        binary10("train", "data_batch_4.bin", 10_000, "ae636b3ba5c66a11e91e8cb52e771fcb"),
        binary10("train", "data_batch_5.bin", 10_000, "53f37980c15c3d472c316c40844f3f0d"),
        binary10("test", "test_batch.bin", 10_000, "803d5f7f4d78ea53de84dbe85f74fb6d"),
      ],
    },
    {
      format: "cifar-python",
      archive: {
        kind: "tar.gz",
        name: "cifar-10-python.tar.gz",
        bytes: 170_498_071,
        unpacked: 200 * MB,
        sha256: "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
        md5: "c58f30108f718f92721af3b95e74349a",
      },
      files: [
        python10("train", "data_batch_1", 10_000, "c99cafc152244af753f735de768cd75f"),
        python10("train", "data_batch_2", 10_000, "d4bba439e000b95fd0a9bffe97cbabec"),
        python10("train", "data_batch_3", 10_000, "54ebc095f3ab1f0389bbae665268c751"),
        python10("train", "data_batch_4", 10_000, "634d18415352ddfa80567beed471001a"),
        python10("train", "data_batch_5", 10_000, "482c414d41f54cd18b22e5b47cb7c3cb"),
        python10("test", "test_batch", 10_000, "40351d587109b95175f43aff81a1287e"),
      ],
    },
  ],
};

export const cifar100Set: PublishedSet = {
  info: {
    name: "cifar100",
    classes: cifar100Classes,
    shape: [32, 32, 3],
    mean: [0.5071, 0.4865, 0.4409],
    std: [0.2673, 0.2564, 0.2762],
  },
  examples,
  what: "cifar-100-binary.tar.gz or cifar-100-python.tar.gz, packed or unpacked,",
  homepage,
  mirrors,
  cache: "cifar100",
  forms: [
    {
      format: "cifar-binary",
      archive: {
        kind: "tar.gz",
        name: "cifar-100-binary.tar.gz",
        bytes: 168_513_733,
        unpacked: 190 * MB,
        sha256: "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
        md5: "03b5dce01913d631647c71ecec9e9cb8",
      },
      files: [
        binary100("train", "train.bin", 50_000, "6172c7755cfe09b2fe270c85cebc1b15"),
        binary100("test", "test.bin", 10_000, "4499cfba6c016c1be1438163640a0898"),
      ],
    },
    {
      format: "cifar-python",
      archive: {
        kind: "tar.gz",
        name: "cifar-100-python.tar.gz",
        bytes: 169_001_437,
        unpacked: 200 * MB,
        md5: "eb9058c3a382ffc7106e4002c42a8d85",
      },
      files: [
        python100("train", "train", 50_000, "16019d7e3df5f24257cddd939b257f8d"),
        python100("test", "test", 10_000, "f0ef6b0ae62326f3e7ffdfab6717acfc"),
      ],
    },
  ],
};
