// A checksum for safetensors files, whose format has none. A file written with `checksum` has in its metadata the SHA-256 of all its
// bytes, computed with the 64 digits of the checksum itself as zeros.
import { PREFIX } from "../safetensors/header.js";

export const CHECKSUM_KEY = "mlpconv_sha256";
export const NO_CHECKSUM = "0".repeat(64);

const opening = new TextEncoder().encode(`"${CHECKSUM_KEY}":"`);

/** Offset of the checksum's digits in a file's head (the eight bytes of its length, and its JSON, as written by `layOut`); -1 if absent. */
export const checksumAt = (head: Uint8Array): number => {
  const found = Buffer.from(head.buffer, head.byteOffset, head.length).indexOf(opening, PREFIX);
  return found < 0 ? -1 : found + opening.length;
};
