// Processes that train together, and what they agree on beside a step's sums.
import { tf } from "@mlpconv/tensor";
import type { Optimizer } from "./optimizers/optimizer.js";
import { variablesOf } from "./train-step.js";

/**
 * Processes that meet in collectives: each calls the same ones in the same order. `openGroup` of `@mlpconv/mpi` gives one; whatever else moves
 * bytes between processes can be made into one.
 */
export interface Group {
  /** Number of this process, from 0. */
  readonly rank: number;
  /** Number of processes. */
  readonly size: number;
  /** Part i of `values` goes to rank i; part i of `received` comes from rank i. Both have the same length, a multiple of `size`. */
  exchange(values: Float32Array, received: Float32Array): Promise<void>;
  /** Every rank's `mine`, in the order of ranks, in `all`, on every rank. */
  gather(mine: ArrayBufferView, all: ArrayBufferView): Promise<void>;
  /** Rank 0's bytes, to all others. */
  broadcast(bytes: Uint8Array): Promise<void>;
}

/** Training failed on one rank of a group; thrown on every rank in the same step. On the rank itself, `cause` is the error. */
export class GroupError extends Error {
  override readonly name = "GroupError";
  constructor(
    /** The rank that failed; of several, the lowest. */
    readonly rank: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`train: rank ${rank} failed: ${message}`, options);
  }
}

/** The value that each rank has, in the order of ranks, on every rank: small values of JSON. */
export const gatherJson = async <T>(group: Pick<Group, "size" | "gather">, value: T): Promise<T[]> => {
  const { size } = group;
  const mine = new TextEncoder().encode(JSON.stringify({ value }));
  const lengths = new Float64Array(size);
  await group.gather(Float64Array.of(mine.length), lengths);
  // Parts of one length: that of the longest.
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
 * Tells every rank whether one of them failed.
 *
 * @param error what failed here, if anything
 * @throws GroupError when something failed on any rank
 */
export const throwIfAnyFailed = async (group: Group, error: unknown): Promise<void> => {
  const messages = await gatherJson(group, error === undefined ? null : messageOf(error));
  const rank = messages.findIndex((message) => message !== null);
  if (rank < 0) return;
  throw new GroupError(rank, messages[rank]!, error === undefined ? {} : { cause: error });
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Weights, and what the optimiser remembers of those that are trained. */
const stateOf = (model: tf.LayersModel, optimizer: Optimizer): tf.Variable[] => [
  ...model.weights.map((weight) => weight.read() as tf.Variable),
  ...Object.values(optimizer.state(variablesOf(model))).flat(),
];

/** Sets weights and optimiser of every rank to rank 0's, so that a run can go on from a checkpoint that only rank 0 has. */
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
 * @param when for the error: "before the first step"
 * @throws Error on every rank, naming the ranks that have not rank 0's
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
  throw new Error(
    `train: expected every rank to have rank 0's weights ${when}, got others on ${differing.length === 1 ? "rank" : "ranks"} ${differing.join(", ")}; ` +
      "build the same model from the same seed on all ranks, or send rank 0's with broadcastState",
  );
};
