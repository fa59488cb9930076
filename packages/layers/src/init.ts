// Initialisers filled from seeded streams on the host: the same weights on every engine.
import { heNormal, pytorchBias, stream, tf, xavierUniform } from "@mlpconv/tensor";

/** How weights and biases start. */
export interface Init {
  /**
   * He's normal suits ReLU; Xavier's uniform is what d2l draws. "dirac" is He's, but 1x1 convolutions with as many channels out as in start
   * as the identity (as PyTorch's `dirac_`): behind a ReLU they change nothing at first, and the net starts as shallow as it is without them.
   * "zeros" is for a model that is given its weights next: nothing is drawn, and VGG-11's 128 million take 10 s to draw.
   */
  weights: "he" | "xavier" | "dirac" | "zeros";
  /** PyTorch's default is uniform in ±1/sqrt(fanIn). */
  biases: "zeros" | "pytorch";
}

export type Initializer = ReturnType<typeof tf.initializers.zeros>;

/** Replaces how a stock initialiser draws and keeps the class and settings under which tfjs saves it. */
const drawn = (stock: Initializer, draw: (shape: number[]) => Float32Array): Initializer =>
  Object.assign(stock, { apply: (shape: number[]) => tf.tensor(draw(shape), shape) });

/**
 * The initialisers of one layer's weight and bias.
 *
 * @param path the layer's state_dict path: names the streams
 * @throws Error when `init` names an unknown rule
 */
export const initializers = (
  { weights, biases }: Init,
  { seed, path, fanIn }: { seed: number; path: string; fanIn: number },
): { kernel: Initializer; bias: Initializer } => {
  const random = { weight: stream(seed, `${path}.weight`), bias: stream(seed, `${path}.bias`) };
  const bound = 1 / Math.sqrt(fanIn);
  const kernels = {
    he: () => drawn(tf.initializers.heNormal({ seed }), (shape) => heNormal(shape, random.weight)),
    // Saved as heNormal: tfjs has no four-dimensional identity initializer, and a saved file's weights replace the initial ones anyway.
    dirac: () =>
      drawn(tf.initializers.heNormal({ seed }), (shape) => {
        const [height, width, inputs, outputs] = shape;
        const isSquare = shape.length === 4 && height === 1 && width === 1 && inputs === outputs;
        return isSquare ? identity(inputs!) : heNormal(shape, random.weight);
      }),
    xavier: () =>
      drawn(tf.initializers.glorotUniform({ seed }), (shape) => xavierUniform(shape, random.weight)),
    zeros: () => tf.initializers.zeros(),
  };
  const bias = {
    zeros: () => tf.initializers.zeros(),
    pytorch: () =>
      drawn(tf.initializers.randomUniform({ minval: -bound, maxval: bound, seed }), ([length]) =>
        pytorchBias(length!, fanIn, random.bias),
      ),
  };
  if (!(weights in kernels))
    throw new Error(`init: expected weights "he", "xavier", "dirac" or "zeros", got "${weights}"`);
  if (!(biases in bias)) throw new Error(`init: expected biases "zeros" or "pytorch", got "${biases}"`);
  return { kernel: kernels[weights](), bias: bias[biases]() };
};

const identity = (size: number): Float32Array => {
  const values = new Float32Array(size * size);
  for (let i = 0; i < size; i++) values[i * size + i] = 1;
  return values;
};
