// Initialisers that draw from seeded streams on the host, so that every engine starts from the same weights.
import { heNormal, pytorchBias, stream, tf, xavierUniform } from "@mlpconv/tensor";

/** How weights and biases are initialised. */
export interface Init {
  /**
   * "he" is He's normal, which suits ReLU; "xavier" is Xavier's uniform, which d2l uses. "dirac" is "he", except that 1x1 convolutions with as many
   * output as input channels start as the identity (as PyTorch's `dirac_`), so that behind a ReLU they change nothing at first. "zeros" is for
   * a model whose weights are loaded next: nothing is drawn (VGG-11's 128 million weights would take 10 s).
   */
  weights: "he" | "xavier" | "dirac" | "zeros";
  /** "pytorch" is PyTorch's default: uniform in ±1/sqrt(fanIn). */
  biases: "zeros" | "pytorch";
}

export type Initializer = ReturnType<typeof tf.initializers.zeros>;

/** Replaces how a built-in initialiser draws; keeps the class and settings under which tfjs saves it. */
const drawn = (builtin: Initializer, draw: (shape: number[]) => Float32Array): Initializer =>
  Object.assign(builtin, { apply: (shape: number[]) => tf.tensor(draw(shape), shape) });

/**
 * The initialisers of one layer's weight and bias.
 *
 * @param path the layer's `state_dict` path, after which the streams are named
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
    // Saved as heNormal: tfjs has no four-dimensional identity initialiser, and a saved model's weights replace the initial ones.
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
