// Splits collectives with more bytes than MPI can count (2^31) into pieces.
import { fixedMemory } from "./memory.js";

/** Bytes that one call to the library may move. */
export const LARGEST_PIECE = 2 ** 30;

/** One call on pieces that are small enough. */
type Step = (sent: Uint8Array, received: Uint8Array) => Promise<void>;

/** Calls `step` for one piece of every part at a time. `sent` and `received` each have either `parts` parts or a single one. */
export const inPieces = async (
  sent: Uint8Array,
  received: Uint8Array,
  parts: { sent: number; received: number },
  step: Step,
  largest = LARGEST_PIECE,
): Promise<void> => {
  const part = received.byteLength / parts.received;
  if (received.byteLength <= largest) return step(sent, received);
  const piece = Math.max(1, Math.floor(largest / Math.max(parts.sent, parts.received)));
  const outgoing = fixedMemory(piece * parts.sent);
  const incoming = fixedMemory(piece * parts.received);
  for (let start = 0; start < part; start += piece) {
    const bytes = Math.min(piece, part - start);
    const partAt = (index: number) => [index * part + start, index * part + start + bytes] as const;
    for (let i = 0; i < parts.sent; i++) outgoing.set(sent.subarray(...partAt(i)), i * bytes);
    await step(outgoing.subarray(0, bytes * parts.sent), incoming.subarray(0, bytes * parts.received));
    for (let i = 0; i < parts.received; i++)
      received.set(incoming.subarray(i * bytes, (i + 1) * bytes), i * part + start);
  }
};
