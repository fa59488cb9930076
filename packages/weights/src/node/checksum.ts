// safetensors has no checksum, so a flipped bit in a weight would be a weight. A file written with `checksum` carries the SHA-256 of all its
// bytes in its metadata, taken with the sum's own 64 digits as zeros.
import { PREFIX } from "../safetensors/header.js";

export const CHECKSUM_KEY = "mlpconv_sha256";
export const NO_CHECKSUM = "0".repeat(64);

const opening = new TextEncoder().encode(`"${CHECKSUM_KEY}":"`);

/** Where the digits stand in a file's head (its length's eight bytes and JSON, as `layOut` writes them); -1 when they are not there. */
export const checksumAt = (head: Uint8Array): number => {
  const found = Buffer.from(head.buffer, head.byteOffset, head.length).indexOf(opening, PREFIX);
  return found < 0 ? -1 : found + opening.length;
};
