// The module's memory, which grows as tensors and kernels need it.
//
// Trap: where memory is not shared, growing it detaches every array over it. Arrays of tensors are then made again, and an array that a kernel
// holds still has its address here.
import type { KernelMemory, MemoryChunk, NumberArray } from "@mlpconv/kernels";
import type { Exports } from "./exports.js";

/** Bytes of the first chunk. Each further one is as large as all before, up to the second figure: a phone must not be asked for all at once. */
const FIRST_CHUNK = 16 * 2 ** 20;
const MOST_CHUNK = 256 * 2 ** 20;
/** Tensors of fewer bytes stay V8's, and are copied at each call. */
const LEAST = 1024;
const UNIT = 256;
/** Addresses have 32 bits: the module would take a larger number for its last 32 bits. */
const MOST_BYTES = 2 ** 32 - 1;

/** There is no more memory. */
export class NoMemory extends RangeError {}

export class ModuleMemory implements KernelMemory {
  readonly least = LEAST;
  readonly unit = UNIT;
  readonly copies = true;
  readonly moves: boolean;
  onMove?: () => void;
  onShortage?: () => boolean;
  /** Every buffer that the memory has had: a shared one stays valid when there is a longer one. */
  readonly #buffers = new WeakSet<ArrayBufferLike>();
  /** Addresses of arrays that may be detached. */
  readonly #addresses = new WeakMap<NumberArray, number>();
  #buffer: ArrayBufferLike;
  #held = 0;

  constructor(
    private readonly memory: WebAssembly.Memory,
    private readonly exports: Pick<Exports, "mlpconv_malloc" | "mlpconv_free" | "mlpconv_lacked_memory">,
  ) {
    this.#buffer = memory.buffer;
    this.#buffers.add(this.#buffer);
    this.moves = this.#buffer instanceof ArrayBuffer;
  }

  /** The whole memory. */
  get buffer(): ArrayBufferLike {
    return this.#buffer;
  }

  owns(buffer: ArrayBufferLike): boolean {
    return this.#buffers.has(buffer);
  }

  /** Where an array's first value lies; undefined for an array that is not from here. */
  addressOf(array: ArrayBufferView): number | undefined {
    if (array.buffer === this.#buffer || this.#buffers.has(array.buffer)) {
      // One that is detached has lost its place.
      if (array.byteLength > 0 || !this.moves) return array.byteOffset;
    }
    return this.#addresses.get(array as NumberArray);
  }

  /**
   * Memory for so many bytes, on a boundary of 64.
   *
   * @throws NoMemory when there is no more
   */
  allocate(bytes: number): number {
    const address = bytes > MOST_BYTES ? 0 : this.exports.mlpconv_malloc(bytes) >>> 0;
    if (address === 0) {
      // It is told here.
      this.exports.mlpconv_lacked_memory();
      throw new NoMemory(
        `wasm: expected ${bytes} bytes of memory for a kernel, got none; take a smaller batch`,
      );
    }
    this.refresh();
    return address;
  }

  chunk(least: number): MemoryChunk {
    const wanted = Math.max(least, Math.min(Math.max(this.#held, FIRST_CHUNK), MOST_CHUNK));
    const [begin, bytes] = this.#allocateOr(wanted, least);
    this.#held += bytes;
    return {
      bytes,
      view: (type, offset, length) => {
        const array = new type(this.#buffer as ArrayBuffer, begin + offset, length);
        if (this.moves) this.#addresses.set(array, begin + offset);
        return array;
      },
      release: () => {
        this.#held -= bytes;
        this.exports.mlpconv_free(begin);
      },
    };
  }

  /** After whatever may have grown the memory. */
  refresh(): void {
    if (this.memory.buffer === this.#buffer) return;
    this.#buffer = this.memory.buffer;
    this.#buffers.add(this.#buffer);
    if (this.moves) this.onMove?.();
  }

  #allocateOr(wanted: number, least: number): [address: number, bytes: number] {
    try {
      return [this.allocate(wanted), wanted];
    } catch (error) {
      if (wanted === least) throw error;
      return [this.allocate(least), least];
    }
  }
}
