// Detects numbers from the host that are the same at every step, which a recording may keep.
import { engine, getGradient } from "@tensorflow/tfjs-core";

interface TapeNode {
  gradient?: (dys: unknown) => Record<string, () => unknown>;
}

/** tfjs's state of a backward pass; `addTapeNode` is declared private. */
interface Tape {
  readonly state: { activeTape: TapeNode[]; activeScope?: { name: string } | null };
  addTapeNode(kernelName: string, ...rest: unknown[]): void;
}

/**
 * The backward pass of a step. A gradient function registered for a kernel depends on tensors, shapes and the kernel's attributes, so
 * the numbers that it creates on the host, such as the 1 in the gradient of a sigmoid, are constants. Any other code (a layer, an
 * optimiser, the gradient of a `tf.customGrad`) may create other numbers at each step.
 */
export class BackwardPass {
  /** The kind of gradient function that is running; undefined if none is. */
  #running: "registered" | "custom" | undefined;

  /** Whether a tensor created on the host now has the same values at every step. */
  get makesConstants(): boolean {
    // Between gradient functions, tfjs itself creates the initial gradient of the pass.
    if (this.#running === undefined) return tape().state.activeScope?.name === "backward";
    return this.#running === "registered";
  }

  /** Runs `body` and tracks which gradient functions run in it. */
  watch(body: () => void): void {
    const watched = tape();
    const addTapeNode = watched.addTapeNode;
    watched.addTapeNode = (kernelName, ...rest) => {
      addTapeNode.call(watched, kernelName, ...rest);
      const node = watched.state.activeTape.at(-1)!;
      const { gradient } = node;
      if (!gradient) return;
      const run = <T>(part: () => T): T => this.#run(getGradient(kernelName) ? "registered" : "custom", part);
      // Some gradient functions compute at once, others only when a gradient is requested.
      node.gradient = (dys) =>
        Object.fromEntries(
          Object.entries(run(() => gradient(dys))).map(([input, part]) => [input, () => run(part)]),
        );
    };
    try {
      body();
    } finally {
      watched.addTapeNode = addTapeNode;
    }
  }

  #run<T>(kind: "registered" | "custom", part: () => T): T {
    const before = this.#running;
    this.#running = kind;
    try {
      return part();
    } finally {
      this.#running = before;
    }
  }
}

const tape = () => engine() as unknown as Tape;

/**
 * tfjs's programs whose additional uniforms depend only on shapes, strides and padding. The uniforms of other programs (`fill`, `clip`,
 * `slice`, a leaky ReLU) hold numbers from the caller.
 */
const byShape = /^(argMinMax|avgPool|concat|conv|depthwise|matMul|maxPool|pool|reduce|resize|transpose)/;

/** @param shaderKey of one of tfjs's programs that has uniforms beside the shapes of its tensors */
export const isByShape = (shaderKey: string): boolean => byShape.test(shaderKey);
