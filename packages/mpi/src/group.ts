// What a group of processes can do together.
import type { Launcher } from "./launcher.js";

/** Processes that meet in collectives: each of them must call the same ones, in the same order, with the same lengths. */
export interface Group {
  /** Number of this process, from 0. */
  readonly rank: number;
  /** Number of processes. */
  readonly size: number;
  /** Part i of `values` goes to rank i; part i of `received` comes from rank i. Both have the same length, a multiple of `size`. */
  exchange(values: Float32Array, received: Float32Array): Promise<void>;
  /** Every rank's `mine`, in the order of ranks, in `all`, on every rank; `all` has `size` times as many bytes. */
  gather(mine: ArrayBufferView, all: ArrayBufferView): Promise<void>;
  /** Rank 0's bytes, to all others. */
  broadcast(bytes: Uint8Array): Promise<void>;
  /** Done when every rank has called it. */
  barrier(): Promise<void>;
  /** Ends all processes of the group, at once, with this exit code (1 to 255). */
  abort(code: number): never;
  /** Leaves the group when every rank has called it. A process that ends without it ends the whole group. */
  close(): Promise<void>;
}

/** Where a rank runs. */
export interface RankInfo {
  /** Name of its host. */
  readonly host: string;
  /** Its process id there. */
  readonly pid: number;
  /** Its number among the ranks of that host, from 0. */
  readonly localRank: number;
  /** Number of ranks on that host. */
  readonly localSize: number;
}

/** A group, and how it came about. */
export interface OpenGroup extends Group {
  /** Where each rank runs, in the order of ranks. */
  readonly ranks: readonly RankInfo[];
  /** What started the processes, if it is known. */
  readonly launcher: Launcher | undefined;
  /** The MPI library: its name with its version, and the file that was loaded. Undefined for a group that needs none. */
  readonly library: { readonly version: string; readonly file: string } | undefined;
}
