// Memory for tensors, taken from the system once and recycled. A fresh page costs a fault on its first touch (eight times what a ReLU
// over it takes), so after the first training step no step touches any: each finds what the one before gave back.
//
// A few large chunks are cut into blocks. A tensor gets the beginning of the first free block that holds it, and free neighbours become
// one: memory freed by tensors of one size serves those of another, and what is used stays together at the beginning.
import type { Native } from "./ffi.js";

/** Arrays below this come from V8 as they are: malloc keeps such small pieces itself. */
const SMALL = 16 << 10;
/** Sizes are rounded up to pages. */
const PAGE = 4096;
/**
 * Bytes of the first chunk; each further one is as large as all before. Untouched pages of a chunk cost addresses only, and one
 * chunk has the fewest gaps; but Windows sets memory aside for all of it.
 */
const FIRST_CHUNK = process.platform === "win32" ? 64 * 2 ** 20 : 2 * 2 ** 30;
/** Blocks begin at cache lines. */
const ALIGNMENT = 64;

interface Chunk {
  /** Its place in the order of the chunks. */
  index: number;
  buffer: ArrayBuffer;
  /** Bytes of the blocks that tensors have, by their offset in the buffer. */
  taken: Map<number, number>;
}

interface FreeBlock {
  chunk: Chunk;
  offset: number;
  bytes: number;
}

export class Arena {
  /** Free ranges by chunk, then by offset; no two touch. */
  readonly #free: FreeBlock[] = [];
  readonly #chunks = new Map<ArrayBufferLike, Chunk>();
  #usedBytes = 0;

  constructor(private readonly native: Native) {}

  /** Bytes that tensors hold. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Whether the array's memory is, or may become, another tensor's. */
  owns(array: ArrayBufferView): boolean {
    return this.#chunks.has(array.buffer);
  }

  /**
   * Uninitialised memory for so many bytes: [buffer, byteOffset].
   *
   * @throws RangeError when the system has none
   */
  take(bytes: number): [ArrayBuffer, number] {
    if (bytes < SMALL) return [new ArrayBuffer(bytes), 0];
    const rounded = Math.ceil(bytes / PAGE) * PAGE;
    const found = this.#free.findIndex((block) => block.bytes >= rounded);
    const index = found < 0 ? this.#addChunk(rounded) : found;
    const block = this.#free[index]!;
    const { chunk, offset } = block;
    block.offset += rounded;
    block.bytes -= rounded;
    if (block.bytes === 0) this.#free.splice(index, 1);
    chunk.taken.set(offset, rounded);
    this.#usedBytes += rounded;
    return [chunk.buffer, offset];
  }

  /** Frees an array's memory, if it came from `take`; the array must not be used afterwards. */
  give(array: ArrayBufferView): void {
    const chunk = this.#chunks.get(array.buffer);
    const offset = array.byteOffset;
    const bytes = chunk?.taken.get(offset);
    if (!chunk || bytes === undefined) return;
    chunk.taken.delete(offset);
    this.#usedBytes -= bytes;

    const index = this.#firstAfter(chunk, offset);
    const [previous, next] = [this.#free[index - 1], this.#free[index]];
    const block = { chunk, offset, bytes };
    if (next && touches(block, next)) {
      block.bytes += next.bytes;
      this.#free.splice(index, 1);
    }
    if (previous && touches(previous, block)) previous.bytes += block.bytes;
    else this.#free.splice(index, 0, block);
  }

  /** The index of its one free block, which is the last. */
  #addChunk(least: number): number {
    const held = [...this.#chunks.keys()].reduce((sum, buffer) => sum + buffer.byteLength, 0);
    const bytes = Math.max(least, FIRST_CHUNK, held);
    const buffer = allocate(bytes) ?? new ArrayBuffer(least + ALIGNMENT);
    const size = buffer.byteLength - ALIGNMENT;
    const offset = this.native.mlpconv_prepare_buffer(new Uint8Array(buffer), buffer.byteLength);
    const chunk = { index: this.#chunks.size, buffer, taken: new Map() };
    this.#chunks.set(buffer, chunk);
    return this.#free.push({ chunk, offset, bytes: size }) - 1;
  }

  /** The index of the first free block behind a place. */
  #firstAfter(chunk: Chunk, offset: number): number {
    let [low, high] = [0, this.#free.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const block = this.#free[middle]!;
      const behind = block.chunk === chunk ? block.offset > offset : block.chunk.index > chunk.index;
      if (behind) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

const touches = (block: FreeBlock, next: FreeBlock): boolean =>
  block.chunk === next.chunk && block.offset + block.bytes === next.offset;

/** Undefined where the system or V8 refuses so much. */
const allocate = (bytes: number): ArrayBuffer | undefined => {
  try {
    return new ArrayBuffer(bytes + ALIGNMENT);
  } catch {
    return undefined;
  }
};
