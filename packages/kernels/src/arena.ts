// Memory for tensors, taken from the library in large chunks and reused.
//
// The first write to a new page of memory is slow: it takes eight times as long as a ReLU over that page. Training steps allocate the same sizes
// again and again, so after the first step each tensor gets memory that an earlier one gave back, and no new page is written.
//
// Each chunk is divided into blocks. A tensor gets the start of the first free block that is large enough. Free blocks that touch are joined, so that
// memory that was freed by tensors of one size can hold a tensor of another size.
import type { KernelMemory, MemoryChunk, NumberArray, NumberArrayType } from "./library.js";

/** A part of a chunk. */
interface Block {
  chunk: MemoryChunk;
  /** The chunk's place in the order of the chunks. */
  index: number;
  offset: number;
  bytes: number;
}

export class Arena {
  /** Free blocks by chunk, then by offset; no two touch. */
  readonly #free: Block[] = [];
  readonly #taken = new WeakMap<ArrayBufferView, Block>();
  #chunks = 0;
  #usedBytes = 0;

  constructor(private readonly memory: KernelMemory) {}

  /** Bytes that tensors hold. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Whether the array's memory is, or may become, another tensor's. */
  owns(array: ArrayBufferView): boolean {
    return this.memory.owns(array.buffer);
  }

  /**
   * An array of values yet to be written.
   *
   * @throws RangeError when there is no more memory
   */
  take(type: NumberArrayType, length: number): NumberArray {
    const { least, unit } = this.memory;
    const wanted = length * type.BYTES_PER_ELEMENT;
    if (wanted < least) return new type(length);
    const bytes = Math.ceil(wanted / unit) * unit;
    const found = this.#free.findIndex((block) => block.bytes >= bytes);
    const at = found < 0 ? this.#addChunk(bytes) : found;
    const free = this.#free[at]!;
    const block = { ...free, bytes };
    const array = this.#view(block, type, length);
    free.offset += bytes;
    free.bytes -= bytes;
    if (free.bytes === 0) this.#free.splice(at, 1);
    this.#usedBytes += bytes;
    return array;
  }

  /** Another array over the memory of one from `take` that was detached. */
  again(array: NumberArray, length: number): NumberArray {
    const block = this.#taken.get(array);
    if (!block) throw new Error("arena: expected an array that it gave, got another");
    this.#taken.delete(array);
    return this.#view(block, array.constructor as NumberArrayType, length);
  }

  /** Frees an array's memory, if it came from `take`; the array must not be used afterwards. */
  give(array: ArrayBufferView): void {
    const block = this.#taken.get(array);
    if (!block) return;
    this.#taken.delete(array);
    this.#usedBytes -= block.bytes;

    const at = this.#firstAfter(block);
    const [previous, next] = [this.#free[at - 1], this.#free[at]];
    if (next && touches(block, next)) {
      block.bytes += next.bytes;
      this.#free.splice(at, 1);
    }
    if (previous && touches(previous, block)) previous.bytes += block.bytes;
    else this.#free.splice(at, 0, block);
  }

  /** Gives the chunks that hold no tensor back to the library; returns whether there were any. */
  release(): boolean {
    const unused = this.#free.filter(({ offset, bytes, chunk }) => offset === 0 && bytes === chunk.bytes);
    for (const block of unused) {
      this.#free.splice(this.#free.indexOf(block), 1);
      block.chunk.release();
    }
    return unused.length > 0;
  }

  #view(block: Block, type: NumberArrayType, length: number): NumberArray {
    const array = block.chunk.view(type, block.offset, length);
    this.#taken.set(array, block);
    return array;
  }

  /** The place of its one free block, which is the last. */
  #addChunk(least: number): number {
    const chunk = this.#chunk(least);
    return this.#free.push({ chunk, index: this.#chunks++, offset: 0, bytes: chunk.bytes }) - 1;
  }

  #chunk(least: number): MemoryChunk {
    try {
      return this.memory.chunk(least);
    } catch (error) {
      // Chunks that are too small for this tensor may be large enough together.
      if (!this.release()) throw error;
      return this.memory.chunk(least);
    }
  }

  /** The place of the first free block behind another. */
  #firstAfter({ index, offset }: Block): number {
    let [low, high] = [0, this.#free.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const free = this.#free[middle]!;
      const behind = free.index === index ? free.offset > offset : free.index > index;
      if (behind) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

const touches = (block: Block, next: Block): boolean =>
  block.index === next.index && block.offset + block.bytes === next.offset;
