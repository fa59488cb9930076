// What the four files of Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017, arXiv:1708.07747) hold, and how a file is shown to be one of them.
import { createHash } from "node:crypto";
import type { Dataset, Split } from "./dataset.js";
import { DatasetError } from "./dataset-error.js";
import { fashionMnistInfo } from "./fashion-mnist-info.js";
import { parseIdx } from "./idx.js";

export interface FashionMnistFile {
  /** Its name, without the `.gz` that it usually has. */
  name: string;
  /** Its length in bytes, uncompressed. */
  bytes: number;
  /** Hash of the uncompressed bytes, because distributions compress them differently. */
  sha256: string;
  shape: readonly number[];
}

/** Small files first: a mirror that does not work shows it at once. */
export const fashionMnistFiles: readonly FashionMnistFile[] = [
  {
    name: "t10k-labels-idx1-ubyte",
    bytes: 10_008,
    sha256: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    shape: [10_000],
  },
  {
    name: "train-labels-idx1-ubyte",
    bytes: 60_008,
    sha256: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    shape: [60_000],
  },
  {
    name: "t10k-images-idx3-ubyte",
    bytes: 7_840_016,
    sha256: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    shape: [10_000, 28, 28],
  },
  {
    name: "train-images-idx3-ubyte",
    bytes: 47_040_016,
    sha256: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    shape: [60_000, 28, 28],
  },
];

/** The values of each file that was found and verified, by the file's name. */
export type Contents = Map<string, Uint8Array>;

/**
 * The values of a file, once its header, its length and its checksum are shown to be right.
 *
 * @param path what to call it in an error
 * @throws DatasetError `damaged`
 */
export const verified = (bytes: Uint8Array, file: FashionMnistFile, path: string): Uint8Array => {
  const { shape, values } = parseIdx(bytes, path);
  if (`${shape}` !== `${file.shape}`) {
    const [expected, got] = [file.shape.join("x"), shape.join("x")];
    throw new DatasetError("damaged", `${path}: expected ${file.name} with sizes ${expected}, got ${got}`);
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 !== file.sha256) {
    throw new DatasetError(
      "damaged",
      `${path}: expected uncompressed bytes with sha256 ${file.sha256}, got ${sha256} (changed or another data set)`,
    );
  }
  return values;
};

/** The data set made of all four files' values. */
export const assemble = (contents: Contents, files: readonly FashionMnistFile[], source: string): Dataset => {
  const split = (name: string): Split => {
    const imagesFile = files.find((file) => file.name === `${name}-images-idx3-ubyte`)!;
    const [count, height, width] = imagesFile.shape;
    return {
      images: contents.get(imagesFile.name)!,
      labels: contents.get(`${name}-labels-idx1-ubyte`)!,
      shape: [count!, height!, width!, 1],
    };
  };
  return { ...fashionMnistInfo, source, train: split("train"), test: split("t10k") };
};
