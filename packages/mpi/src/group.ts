// Operations on a group of processes.
import type { Launcher } from "./launcher.js";

/** Processes that communicate by collectives: each must make the same calls, in the same order, with the same lengths. */
export interface Group {
  /** Number of this process, from 0. */
  readonly rank: number;
  /** Number of processes. */
  readonly size: number;
  /** Sends part i of `values` to rank i and receives part i of `received` from rank i. Both have the same length, a multiple of `size`. */
  exchange(values: Float32Array, received: Float32Array): Promise<void>;
  /** Collects `mine` of every rank, in the order of ranks, in `all` on every rank; `all` has `size` times as many bytes. */
  gather(mine: ArrayBufferView, all: ArrayBufferView): Promise<void>;
  /** Sends rank 0's bytes to all other ranks. */
  broadcast(bytes: Uint8Array): Promise<void>;
  /** Resolves when every rank has called it. */
  barrier(): Promise<void>;
  /** Ends all processes of the group at once with this exit code (1 to 255). */
  abort(code: number): never;
  /** Leaves the group once every rank has called it. A process that ends without calling it ends the whole group. */
  close(): Promise<void>;
}

/** Host and process of a rank. */
export interface RankInfo {
  /** Name of the host. */
  readonly host: string;
  /** Process id on the host. */
  readonly pid: number;
  /** Number among the ranks of that host, from 0. */
  readonly localRank: number;
  /** Number of ranks on that host. */
  readonly localSize: number;
}

/** An open group, with its ranks, launcher and library. */
export interface OpenGroup extends Group {
  /** Host and process of each rank, in the order of ranks. */
  readonly ranks: readonly RankInfo[];
  /** The program that started the processes, if known. */
  readonly launcher: Launcher | undefined;
  /** The MPI library: its name and version, and the loaded file. Undefined for a group that needs no library. */
  readonly library: { readonly version: string; readonly file: string } | undefined;
}
