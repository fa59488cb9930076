// Finds out which numbers from the host are the same at every step, so that a recording may keep them.
import { engine, getGradient } from "@tensorflow/tfjs-core";

interface TapeNode {
  gradient?: (dys: unknown) => Record<string, () => unknown>;
}

/** What tfjs keeps of a backward pass. It calls `addTapeNode` private. */
interface Tape {
  readonly state: { activeTape: TapeNode[]; activeScope?: { name: string } | null };
  addTapeNode(kernelName: string, ...rest: unknown[]): void;
}

/**
 * The backward pass of a step. A gradient function that is registered for a kernel is a function of tensors, shapes and the kernel's
 * attributes: the numbers that it makes on the host, such as the 1 in the gradient of a sigmoid, are constants. Any other code (a layer, an
 * optimiser, the gradient of a `tf.customGrad`) may make other numbers at each step.
 */
export class BackwardPass {
  /** The kind of gradient function that is running; undefined outside of them. */
  #running: "registered" | "custom" | undefined;

  /** Whether what the host makes now is the same at every step. */
  get makesConstants(): boolean {
    // Between gradient functions tfjs itself makes the gradient that the pass starts with.
    if (this.#running === undefined) return tape().state.activeScope?.name === "backward";
    return this.#running === "registered";
  }

  /** Runs `body` and follows which gradient functions run in it. */
  watch(body: () => void): void {
    const watched = tape();
    const addTapeNode = watched.addTapeNode;
    watched.addTapeNode = (kernelName, ...rest) => {
      addTapeNode.call(watched, kernelName, ...rest);
      const node = watched.state.activeTape.at(-1)!;
      const { gradient } = node;
      if (!gradient) return;
      const run = <T>(part: () => T): T => this.#run(getGradient(kernelName) ? "registered" : "custom", part);
      // Some gradient functions compute at once, others when a gradient is asked for.
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
 * Stock programs whose own uniforms tell of shapes, strides and padding alone. Those of others (`fill`, `clip`, `slice`, a leaky ReLU) are
 * numbers from the caller.
 */
const byShape = /^(argMinMax|avgPool|concat|conv|depthwise|matMul|maxPool|pool|reduce|resize|transpose)/;

/** @param shaderKey of a stock program that has uniforms beside the shapes of its tensors */
export const isByShape = (shaderKey: string): boolean => byShape.test(shaderKey);
