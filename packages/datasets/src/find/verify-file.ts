// Whether bytes are the file that they should be.
import { createHash } from "node:crypto";
import { DatasetError } from "../dataset-error.js";
import type { Archive, Checksum, DataFile } from "../sets/data-set.js";
import { parseIdx } from "../sets/idx.js";
import { fileWithChecksum } from "../sets/published-sets.js";

/** The bytes of each file that was found and verified, uncompressed, by the file's name. */
export type Contents = Map<string, Uint8Array>;

/** Whether somebody published a checksum, so that a file can be verified. */
export const hasChecksum = ({ sha256, md5 }: Checksum): boolean => sha256 !== undefined || md5 !== undefined;

/** "train-images-idx3-ubyte of kmnist" where these are the bytes of a file that is known. */
const recognised = (bytes: Uint8Array): string | undefined => {
  const checksum = (kind: "md5" | "sha256") => createHash(kind).update(bytes).digest("hex");
  return fileWithChecksum(checksum("sha256")) ?? fileWithChecksum(checksum("md5"));
};

/**
 * Checks a file's checksum, if one was published: SHA-256, or else MD5.
 *
 * @param what the bytes that are hashed: "uncompressed bytes"
 * @param path what to call it in an error
 * @param packed the gzip file that the bytes came from, by which another data set's file may be known
 * @throws DatasetError `damaged`, with the file's right name where its checksum is known
 */
const checkChecksum = (
  bytes: Uint8Array,
  known: Checksum,
  what: string,
  path: string,
  packed?: Uint8Array,
): void => {
  const kind = known.sha256 === undefined ? "md5" : "sha256";
  const expected = known[kind];
  if (expected === undefined) return;
  const got = createHash(kind).update(bytes).digest("hex");
  if (got === expected) return;
  const other = recognised(bytes) ?? (packed && recognised(packed));
  const why = other === undefined ? "(changed or another data set)" : `(it is ${other})`;
  throw new DatasetError("damaged", `${path}: expected ${what} with ${kind} ${expected}, got ${got} ${why}`);
};

/**
 * Checks a file's header, its length and its checksum; without a published checksum, that it is not another file with one.
 *
 * @param path what to call it in an error
 * @param packed the gzip file that the bytes came from, if any
 * @returns its bytes
 * @throws DatasetError `damaged`
 */
export const verified = (
  bytes: Uint8Array,
  file: DataFile,
  path: string,
  packed?: Uint8Array,
): Uint8Array => {
  if (file.shape) {
    const { shape } = parseIdx(bytes, path);
    if (`${shape}` !== `${file.shape}`) {
      const [expected, got] = [file.shape.join("x"), shape.join("x")];
      throw new DatasetError("damaged", `${path}: expected ${file.name} with sizes ${expected}, got ${got}`);
    }
  }
  checkChecksum(bytes, file, "uncompressed bytes", path, packed);
  const other = hasChecksum(file) ? undefined : recognised(bytes);
  if (other !== undefined)
    throw new DatasetError("damaged", `${path}: expected ${file.name} of another data set, got ${other}`);
  if (packed && file.gzip) checkChecksum(packed, file.gzip, "gzip", path);
  return bytes;
};

/**
 * Checks an archive's checksum. It is done before anything is unpacked, so that a hostile archive is not read at all.
 *
 * @throws DatasetError `damaged`
 */
export const verifiedArchive = (bytes: Uint8Array, archive: Archive, path: string): Uint8Array => {
  checkChecksum(bytes, archive, "an archive", path);
  return bytes;
};
