// What is known of a published data set before it is found: its files, where they are published, and how they become images. Plain data, so
// that a data set is a row of facts and the code that finds and reads it is written once.
import type { DatasetInfo } from "../dataset.js";

/** A checksum of a file's bytes, of whichever kind was published. */
export interface Checksum {
  sha256?: string;
  md5?: string;
}

/** A file of a data set, as it is unpacked. */
export interface DataFile extends Checksum {
  /** Its path in the archive it is published in, or its name. */
  name: string;
  /** Length in bytes; for a pickle, whose length is not published, the largest length allowed. */
  bytes: number;
  split: "train" | "test";
  holds: "images" | "labels" | "both";
  /** Sizes of an IDX file's array. */
  shape?: readonly number[];
  /** Checksum of the gzip file, where the file may have been gzipped. */
  gzip?: Checksum;
}

/** An archive that holds all the files of a form. */
export interface Archive extends Checksum {
  kind: "tar.gz" | "zip";
  name: string;
  /** Its length in bytes. */
  bytes: number;
  /** The most bytes that it may unpack to. */
  unpacked: number;
}

/** One of the forms in which a data set is published: all of these files, in one format. */
export interface Form {
  format: "idx" | "cifar-binary" | "cifar-python";
  files: readonly DataFile[];
  archive?: Archive;
}

/** A published data set. */
export interface PublishedSet {
  info: DatasetInfo;
  /** How many images it has. */
  examples: { readonly train: number; readonly test: number };
  /** Any one of these is enough. The first is the one that is downloaded. */
  forms: readonly [Form, ...Form[]];
  /** What the files of a form are called in an error. */
  what: string;
  /** Where a person finds them. */
  homepage: string;
  /** URLs of folders that have the files of the first form, the best one first. */
  mirrors: readonly string[];
  /** Name of its folder in the cache. */
  cache: string;
  /** A Debian package of it, and the folder that this fills. */
  apt?: { readonly package: string; readonly folder: string };
  /** The label of the first class in the files. Default 0. */
  firstLabel?: number;
  /** Whether a mirrored image still shows its class. Default true. */
  mirrorable?: boolean;
  /** Whether images are stored column by column. */
  transposed?: boolean;
}

/** The file name that an archive or a file has in a download and in the cache. */
export const downloadName = (file: DataFile | Archive): string =>
  "gzip" in file ? `${file.name}.gz` : file.name;

/** What must be downloaded to have a form: its archive, or else each file. */
export const downloadsOf = ({ archive, files }: Form): readonly (DataFile | Archive)[] =>
  archive ? [archive] : files;
