// Groups of processes that train together, and what they exchange beside the sums of a step.
import { tf } from "@mlpconv/tensor";
import type { Optimizer } from "./optimizers/optimizer.js";
import { variablesOf } from "./train-step.js";

/**
 * Processes that communicate by collectives: each makes the same calls in the same order. `openGroup` of `@mlpconv/mpi` opens one; another
 * transport can implement this interface.
 */
export interface Group {
  /** Number of this process, from 0. */
  readonly rank: number;
  /** Number of processes. */
  readonly size: number;
  /** Sends part i of `values` to rank i and receives part i of `received` from rank i. Both have the same length, a multiple of `size`. */
  exchange(values: Float32Array, received: Float32Array): Promise<void>;
  /** Collects `mine` of every rank, in the order of ranks, in `all` on every rank. */
  gather(mine: ArrayBufferView, all: ArrayBufferView): Promise<void>;
  /** Sends rank 0's bytes to all other ranks. */
  broadcast(bytes: Uint8Array): Promise<void>;
}

/** Training failed on one rank of a group; thrown on every rank in the same step. On the failed rank, `cause` is the error. */
export class GroupError extends Error {
  override readonly name = "GroupError";
  constructor(
    /** The rank that failed; the lowest if several did. */
    readonly rank: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`train: rank ${rank} failed: ${message}`, options);
  }
}

/** A rank of a group has other options, weights or batches than rank 0; thrown on every rank at the same place. */
export class RanksDifferError extends Error {
  override readonly name = "RanksDifferError";
  constructor(
    /** The first rank that differs from rank 0. */
    readonly rank: number,
    message: string,
  ) {
    super(message);
  }
}

/** The value that each rank has, in the order of ranks, on every rank: small values of JSON. */
export const gatherJson = async <T>(group: Pick<Group, "size" | "gather">, value: T): Promise<T[]> => {
  const { size } = group;
  const mine = new TextEncoder().encode(JSON.stringify({ value }));
  const lengths = new Float64Array(size);
  await group.gather(Float64Array.of(mine.length), lengths);
  // `gather` needs parts of equal length: that of the longest text.
  const longest = Math.max(...lengths);
  const part = new Uint8Array(longest);
  part.set(mine);
  const all = new Uint8Array(longest * size);
  await group.gather(part, all);
  return Array.from(lengths, (length, rank) => {
    const text = new TextDecoder().decode(all.subarray(rank * longest, rank * longest + length));
    return (JSON.parse(text) as { value: T }).value;
  });
};

/**
 * Checks on every rank whether any rank has failed.
 *
 * @param error this rank's error, if it has failed
 * @throws GroupError when any rank has failed
 */
export const throwIfAnyFailed = async (group: Group, error: unknown): Promise<void> => {
  const messages = await gatherJson(group, error === undefined ? null : messageOf(error));
  const rank = messages.findIndex((message) => message !== null);
  if (rank < 0) return;
  throw new GroupError(rank, messages[rank]!, error === undefined ? {} : { cause: error });
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The weights, and the optimiser's state of those that are trained. */
const stateOf = (model: tf.LayersModel, optimizer: Optimizer): tf.Variable[] => [
  ...model.weights.map((weight) => weight.read() as tf.Variable),
  ...Object.values(optimizer.state(variablesOf(model))).flat(),
];

/** Sets weights and optimiser of every rank to rank 0's, so that a run can continue from a checkpoint that only rank 0 has read. */
export const broadcastState = async (
  group: Pick<Group, "rank" | "broadcast">,
  model: tf.LayersModel,
  optimizer: Optimizer,
): Promise<void> => {
  for (const variable of stateOf(model, optimizer)) {
    const values = Float32Array.from(await variable.data());
    await group.broadcast(new Uint8Array(values.buffer));
    if (group.rank > 0) tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  }
  const trained = variablesOf(model);
  const counts = Float64Array.of(optimizer.step, ...(optimizer.counts?.get(trained) ?? []));
  await group.broadcast(new Uint8Array(counts.buffer));
  const [step, ...updates] = counts;
  optimizer.step = step!;
  optimizer.counts?.set(trained, updates);
};

/**
 * Checks that all ranks have the same weights and the same state of the optimiser, to the bit.
 *
 * @param when part of the error message: "before the first step"
 * @throws Error on every rank, naming the ranks that differ from rank 0
 */
export const checkSameState = async (
  group: Pick<Group, "size" | "gather">,
  model: tf.LayersModel,
  optimizer: Optimizer,
  when: string,
): Promise<void> => {
  const digests: string[] = [];
  for (const variable of stateOf(model, optimizer)) {
    const values = Float32Array.from(await variable.data());
    const hash = await crypto.subtle.digest("SHA-256", values.buffer);
    digests.push(Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join(""));
  }
  const text = new TextEncoder().encode(`${optimizer.step} ${digests.join(" ")}`);
  const [first, ...others] = await gatherJson(group, [
    ...new Uint8Array(await crypto.subtle.digest("SHA-256", text)),
  ]);
  const differing = others.flatMap((digest, i) => (`${digest}` === `${first}` ? [] : [i + 1]));
  if (differing.length === 0) return;
  throw new RanksDifferError(
    differing[0]!,
    `train: expected every rank to have rank 0's weights ${when}, got others on ${differing.length === 1 ? "rank" : "ranks"} ${differing.join(", ")}; ` +
      "build the same model from the same seed on all ranks, or send rank 0's with broadcastState",
  );
};
