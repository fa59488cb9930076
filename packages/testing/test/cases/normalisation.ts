// Batch normalisation, fused with an addition and a ReLU, against its formula in stock operations.
import { batchNorm, batchNormInference, tf } from "@mlpconv/tensor";
import { type Input, normal, positive, type Row, rows } from "../case.js";

type Activation = "linear" | "relu";
interface Operands {
  x: tf.Tensor;
  scale: tf.Tensor1D;
  offset: tf.Tensor1D;
  add?: tf.Tensor | undefined;
}

/** The same by stock operations; `tf.moments` has the gradients of the statistics. */
const formula = (
  { x, scale, offset, add }: Operands,
  activation: Activation,
  epsilon: number,
  statistics: { mean: tf.Tensor; variance: tf.Tensor } = tf.moments(
    x,
    x.shape.slice(0, -1).map((_, i) => i),
  ),
) => {
  const spread = tf.sqrt(tf.add(statistics.variance, epsilon));
  const linear = tf.add(tf.mul(tf.div(tf.sub(x, statistics.mean), spread), scale), offset);
  const sum = add ? tf.add(linear, add) : linear;
  return activation === "relu" ? tf.relu(sum) : sum;
};

/** All outputs as one tensor, so that the statistics are compared too. */
const together = (y: tf.Tensor, mean: tf.Tensor, variance: tf.Tensor) =>
  tf.concat([y.flatten(), mean.flatten(), variance.flatten()]);

const shapes: [what: string, shape: number[]][] = [
  ["an odd number of channels", [3, 5, 7, 17]],
  ["rows for several threads", [5, 23, 29, 16]],
];
/** Each in one variant, because a software GPU compiles slowly. */
const oddShapes: [what: string, shape: number[]][] = [
  ["one row", [1, 33]],
  ["one channel", [2, 9, 5, 1]],
  ["two rows of 300 channels", [2, 300]],
  ["a last run that is shorter", [61, 7, 7, 3]],
  ["five axes", [2, 3, 2, 3, 8]],
  ["one axis", [6]],
];

const operands = (shape: number[], residual: boolean): Input[] => {
  const channels = shape.at(-1)!;
  return [normal(...shape), positive(channels), normal(channels), ...(residual ? [normal(...shape)] : [])];
};

const variants = (["linear", "relu"] as const).flatMap((activation) =>
  [false, true].map((residual) => ({
    activation,
    residual,
    words: `${residual ? ", residual" : ""}, ${activation}`,
  })),
);

const training = ([what, shape]: (typeof shapes)[number], variant: (typeof variants)[number]): Row => {
  const { activation, residual, words } = variant;
  // Few rows have a variance near epsilon; a large one keeps their gradients comparable.
  const epsilon = 0.1;
  return [
    `batchNorm of ${what}${words}`,
    "sum",
    operands(shape, residual),
    (x: tf.Tensor, scale: tf.Tensor1D, offset: tf.Tensor1D, add?: tf.Tensor) =>
      batchNorm(x, scale, offset, { epsilon, activation, ...(add && { add }) }).y,
    {
      reference: (x: tf.Tensor, scale: tf.Tensor1D, offset: tf.Tensor1D, add?: tf.Tensor) =>
        formula({ x, scale, offset, add }, activation, epsilon),
    },
  ];
};

const statistics = (what: string, shape: number[], far: number): Row => [
  `batchNorm's statistics of ${what}`,
  "sum",
  [normal(...shape)],
  (x: tf.Tensor) => {
    const channels = shape.at(-1)!;
    const { y, mean, variance } = batchNorm(tf.add(x, far), tf.ones([channels]), tf.zeros([channels]));
    return together(y, tf.sub(mean, far), variance);
  },
  {
    gradient: "none",
    reference: (x: tf.Tensor) => {
      // What is left of x after it was added to a large number, without that number.
      const left = tf.sub(tf.add(x, far), far);
      const { mean, variance } = tf.moments(
        left,
        shape.slice(0, -1).map((_, i) => i),
      );
      return together(tf.div(tf.sub(left, mean), tf.sqrt(tf.add(variance, 1e-5))), mean, variance);
    },
  },
];

const inference = ({ activation, residual, words }: (typeof variants)[number]): Row => [
  `batchNormInference${words}`,
  "sum",
  [...operands([3, 5, 7, 17], false), normal(17), positive(17), ...(residual ? [normal(3, 5, 7, 17)] : [])],
  (
    x: tf.Tensor,
    scale: tf.Tensor1D,
    offset: tf.Tensor1D,
    mean: tf.Tensor1D,
    variance: tf.Tensor1D,
    add?: tf.Tensor,
  ) => batchNormInference(x, scale, offset, mean, variance, { activation, ...(add && { add }) }),
  {
    reference: (
      x: tf.Tensor,
      scale: tf.Tensor1D,
      offset: tf.Tensor1D,
      mean: tf.Tensor1D,
      variance: tf.Tensor1D,
      add?: tf.Tensor,
    ) => formula({ x, scale, offset, add }, activation, 1e-5, { mean, variance }),
  },
];

export const normalisations = rows([
  ...shapes.flatMap((shape) => variants.map((variant) => training(shape, variant))),
  ...oddShapes.map((shape, i) => training(shape, variants[(i + 2) % variants.length]!)),
  statistics("values far from 0", [3, 31, 29, 16], 64),
  statistics("values far from 0, one channel", [5, 31, 29, 1], 64),
  ...variants.map(inference),
]);
