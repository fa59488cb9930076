// Recording and replay of an engine's commands: a GPU repeats them without the host code that created them.
import type { KernelName, Kernels } from "./kernels.js";
import { tf } from "./tf.js";

/** Attributes that change from replay to replay, by kernel, such as the learning rate of `SgdStep` or the block of `Dropout`. */
export type ReplayAttributes = { [K in KernelName]?: Partial<Kernels[K]["attributes"]> };

/** A recorded sequence of an engine's commands, which can be replayed. */
export interface Recording {
  /** Number of dispatches. */
  readonly dispatches: number;
  /** Whether every tensor that it reads from outside the recording is still in the same buffer. */
  isValid(): boolean;
  /** Runs the commands again; the recorded results then have new values. Attributes that are not given stay as recorded. */
  replay(changes: ReplayAttributes): void;
  /** Frees its memory; dispose of its results first. */
  dispose(): void;
}

/** Methods of an engine that can record, in addition to those of a tfjs backend. */
export interface Recorder {
  /** Measures and selects the fastest variant of each kernel used so far; await it before `capture`. Results do not change. */
  tune(): Promise<void>;
  /**
   * Runs `body` and records the engine's commands. The body must not wait for anything or read a tensor's values on the host.
   *
   * @returns undefined if a replay could be wrong: if the host supplies a number that is neither an attribute of a kernel that `replay` can change
   * nor a constant of a gradient function registered for a kernel
   */
  capture(body: () => void): Recording | undefined;
  /**
   * Within the body of `capture`: runs `body`. Its `sgdStep`, `adamStep` and `moveTowards` change nothing if `loss` is not finite, nor in any later replay.
   * The engine itself tests the loss, so the host does not wait for it.
   *
   * @param foundInf int32 scalar, initially 0; set when a loss is not finite, and shared by all recordings that get it
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
