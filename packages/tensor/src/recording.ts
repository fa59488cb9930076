// Engines that can do again what they did once: a GPU is told the same commands, and nothing is worked out anew on the host.
import type { KernelName, Kernels } from "./kernels.js";
import { tf } from "./tf.js";

/** Attributes that are others the next time, by kernel: the learning rate of `SgdStep`, the block of `Dropout`. */
export type ReplayAttributes = { [K in KernelName]?: Partial<Kernels[K]["attributes"]> };

/** What an engine did once and can do again. */
export interface Recording {
  /** Shaders that it starts. */
  readonly dispatches: number;
  /** Whether every tensor that it reads and did not make is still where it was. */
  isValid(): boolean;
  /** Does it again: tensors that came out of it have their new numbers afterwards. Each kernel's attributes are as they were, but for these. */
  replay(changes: ReplayAttributes): void;
  /** Frees its memory; dispose of the tensors that came out of it first. */
  dispose(): void;
}

/** What an engine that records has beside what tfjs asks of a backend. */
export interface Recorder {
  /** Chooses the fastest way for each thing that it has done so far, by measuring: to be awaited before `capture`. The numbers stay the same. */
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
  /** Gives a tensor the numbers of another one of the same shape and type. */
  overwrite(tensor: tf.Tensor, source: tf.Tensor): void;
}

/** The current engine as a recorder, or undefined when it is none. */
export const recorder = (): Recorder | undefined => {
  const backend = tf.backend();
  return "capture" in backend ? (backend as unknown as Recorder) : undefined;
};
