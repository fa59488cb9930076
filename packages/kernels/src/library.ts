// What the backend asks of a library of compiled kernels: a shared library through koffi, or a WebAssembly module.
import type { Kernels } from "./functions.js";

/** The values of a tensor that kernels compute on; Uint8Array for bool. */
export type NumberArray = Float32Array | Int32Array | Uint8Array;
/** Makes an array over memory. */
export type NumberArrayType = Float32ArrayConstructor | Int32ArrayConstructor | Uint8ArrayConstructor;

/** A piece of memory that the arena cuts into tensors. */
export interface MemoryChunk {
  /** Size. */
  readonly bytes: number;
  /** An array over a part of it. */
  view(type: NumberArrayType, offset: number, length: number): NumberArray;
  /** Gives it back: no tensor is in it. */
  release(): void;
}

/** Memory that kernels reach. */
export interface KernelMemory {
  /** Arrays of fewer bytes do not come from chunks: a call passes them in another way. */
  readonly least: number;
  /** Sizes in chunks are rounded up to a multiple of so many bytes. */
  readonly unit: number;
  /** Whether arrays from elsewhere are copied at each call, so that tensors are better moved into a chunk when they are made. */
  readonly copies: boolean;
  /**
   * A chunk of at least so many bytes, in whole units.
   *
   * @throws RangeError when there is no more memory
   */
  chunk(least: number): MemoryChunk;
  /** Whether an array's buffer is, or was, that of a chunk. */
  owns(buffer: ArrayBufferLike): boolean;
  /** Whether arrays over chunks are detached when the memory grows. Those that were passed to a call before still count. */
  readonly moves: boolean;
  /** Called after that: arrays that are kept must be made again. */
  onMove?: () => void;
  /** Called when a kernel finds no memory: gives unused chunks back, and returns whether there were any. */
  onShortage?: () => boolean;
}

/** A library of compiled kernels, opened. */
export interface KernelLibrary {
  /** Memory that its kernels reach. */
  readonly memory: KernelMemory;
  /** Calls a kernel. @throws Error with what the library says went wrong, if anything did */
  call<K extends keyof Kernels>(name: K, ...parameters: Parameters<Kernels[K]>): void;
  /** How many threads compute. */
  threads(): number;
  /** The instruction set that it was compiled for, in words. */
  isa(): string;
  /** The algorithm of a convolution in a direction, in words. @param direction 0 forward, 1 input gradient, 2 filter gradient */
  plan(shape: Int32Array, direction: number): string;
}
