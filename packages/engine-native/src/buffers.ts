// Memory for tensors, taken from the system once and recycled. A fresh page costs a fault on its first touch (eight times what a ReLU
// over it takes), so after the first training step no step asks for any: each finds what the one before gave back.
import type { Native } from "./ffi.js";

/** Arrays below this come from V8 as they are: malloc keeps such small pieces itself. */
const SMALL = 16 << 10;
/** Sizes are rounded up to pages. */
const PAGE = 4096;
/** A free buffer serves a smaller tensor too, if it is not larger by more than this factor. */
const SLACK = 1.25;
const ALIGNMENT = 64;

interface Slab {
  buffer: ArrayBuffer;
  /** Where the first aligned byte is. */
  offset: number;
  bytes: number;
  free: boolean;
}

export class Buffers {
  /** Ordered by size. */
  readonly #free: Slab[] = [];
  readonly #slabs = new WeakMap<ArrayBufferLike, Slab>();
  #freeBytes = 0;
  #usedBytes = 0;
  #mostUsed = 0;

  constructor(private readonly native: Native) {}

  /** Bytes taken from the system for recycling: what tensors use now, and what waits for the next ones. */
  get bytes(): { used: number; free: number } {
    return { used: this.#usedBytes, free: this.#freeBytes };
  }

  /** Whether the array's memory is, or may become, another tensor's. */
  owns(array: ArrayBufferView): boolean {
    return this.#slabs.has(array.buffer);
  }

  /** Uninitialised memory for so many bytes: [buffer, byteOffset]. */
  take(bytes: number): [ArrayBuffer, number] {
    if (bytes < SMALL) return [new ArrayBuffer(bytes), 0];
    const rounded = Math.ceil(bytes / PAGE) * PAGE;
    const index = this.#firstOfAtLeast(rounded);
    const found = this.#free[index];
    const slab = found && found.bytes <= rounded * SLACK ? found : this.#allocate(rounded);
    if (slab === found) {
      this.#free.splice(index, 1);
      this.#freeBytes -= slab.bytes;
    }
    slab.free = false;
    this.#usedBytes += slab.bytes;
    this.#mostUsed = Math.max(this.#mostUsed, this.#usedBytes);
    return [slab.buffer, slab.offset];
  }

  /** Gives an array's memory back, if it came from `take`; nobody may use the array any more. */
  give(array: ArrayBufferView): void {
    const slab = this.#slabs.get(array.buffer);
    if (!slab || slab.free) return;
    slab.free = true;
    this.#free.splice(this.#firstOfAtLeast(slab.bytes), 0, slab);
    this.#usedBytes -= slab.bytes;
    this.#freeBytes += slab.bytes;
  }

  #allocate(bytes: number): Slab {
    // When tensors of other sizes come than those that left, the old buffers go, so that the whole stays near the most ever used.
    const room = Math.max(this.#mostUsed, this.#usedBytes + bytes);
    while (this.#free.length > 0 && this.#usedBytes + this.#freeBytes + bytes > room) {
      // The smallest that makes enough room, else the largest.
      const index = this.#firstOfAtLeast(this.#usedBytes + this.#freeBytes + bytes - room);
      const [dropped] = this.#free.splice(Math.min(index, this.#free.length - 1), 1);
      this.#freeBytes -= dropped!.bytes;
      this.#slabs.delete(dropped!.buffer);
      // Its memory would otherwise stay until V8 finds the buffer.
      const { buffer } = dropped!;
      this.native.mlpconv_discard_buffer(new Uint8Array(buffer), buffer.byteLength);
    }
    const buffer = new ArrayBuffer(bytes + ALIGNMENT);
    const offset = this.native.mlpconv_prepare_buffer(new Uint8Array(buffer), bytes + ALIGNMENT);
    const slab = { buffer, offset, bytes, free: false };
    this.#slabs.set(buffer, slab);
    return slab;
  }

  #firstOfAtLeast(bytes: number): number {
    let [low, high] = [0, this.#free.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#free[middle]!.bytes < bytes) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
