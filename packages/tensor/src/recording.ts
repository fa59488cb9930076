// Recording and replay of an engine's commands: a GPU gets the same commands again, without the host code that led to them.
import type { KernelName, Kernels } from "./kernels.js";
import { tf } from "./tf.js";

/** Attributes that change from replay to replay, by kernel: the learning rate of `SgdStep`, the block of `Dropout`. */
export type ReplayAttributes = { [K in KernelName]?: Partial<Kernels[K]["attributes"]> };

/** A recorded sequence of an engine's commands, which can be replayed. */
export interface Recording {
  /** Number of dispatches. */
  readonly dispatches: number;
  /** Whether every tensor that it reads from outside the recording is still in the same buffer. */
  isValid(): boolean;
  /** Runs the commands again; the recorded results then have new values. Attributes other than these stay as recorded. */
  replay(changes: ReplayAttributes): void;
  /** Frees its memory; dispose of its results first. */
  dispose(): void;
}

/** Methods of an engine that can record, beside those of a tfjs backend. */
export interface Recorder {
  /** Measures and chooses the fastest variant of each kernel used so far; await it before `capture`. Results stay the same. */
  tune(): Promise<void>;
  /**
   * Runs `body` and keeps what the engine does. The body must not wait for anything, and use no tensor's numbers on the host.
   *
   * @returns undefined when doing the same again could be wrong: where the host gives a number that is neither an attribute of a kernel that
   * `replay` may change nor a constant of a gradient function that is registered for a kernel
   */
  capture(body: () => void): Recording | undefined;
  /**
   * Within the body of `capture`: does `body`, whose `sgdStep` and `adamStep` change nothing when `loss` is not finite, nor in any later replay.
   * The engine itself reads the loss, so the host does not wait for it.
   *
   * @param foundInf 0 at first, an int32 scalar; set when a loss was not finite, for each recording that is given it
   */
  skipIfNonFinite(loss: tf.Scalar, foundInf: tf.Scalar, body: () => void): void;
  /** Overwrites a tensor with the values of another one of the same shape and type. */
  overwrite(tensor: tf.Tensor, source: tf.Tensor): void;
}

/** The current engine as a recorder, or undefined when it cannot record. */
export const recorder = (): Recorder | undefined => {
  const backend = tf.backend();
  return "capture" in backend ? (backend as unknown as Recorder) : undefined;
};
