// Muon (Jordan et al., 2024): momentum whose matrices are made orthogonal, so that a step moves each direction of a weight alike.
import { sgdStep, tf } from "@mlpconv/tensor";
import { adam } from "./adam.js";
import { checkNumbers, decays, type Optimizer, withGradients } from "./optimizer.js";
import { slots } from "./slots.js";

/** Options of `muon`. */
export interface MuonOptions {
  /** Default 0.001: a rate of AdamW's size, because steps are scaled to its (Liu et al., 2025). */
  learningRate?: number;
  /** Share of the last momentum that is kept, from 0 to below 1. Default 0.95. */
  momentum?: number;
  /** Nesterov momentum. Default true. */
  nesterov?: boolean;
  /** Decoupled weight decay: each step first multiplies weights, not biases, by 1 - learningRate * weightDecay. Default 0. */
  weightDecay?: number;
}

/** Coefficients of the iteration, of which five steps suffice (Jordan et al., 2024). */
const [a, b, c] = [3.4445, -4.775, 2.0315];
const iterations = 5;

/** A matrix with the same singular vectors and singular values near 1 (0.7 to 1.2), by Newton and Schulz's iteration. */
const orthogonal = (matrix: tf.Tensor2D): tf.Tensor2D =>
  tf.tidy(() => {
    const [rows, columns] = matrix.shape;
    // The products of the iteration are smaller of a wide matrix.
    const wide = rows > columns ? tf.transpose(matrix) : matrix;
    let x: tf.Tensor = tf.div(wide, tf.maximum(tf.norm(wide), 1e-7));
    for (let i = 0; i < iterations; i++) {
      const gram = tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D, false, true);
      const update = tf.add(tf.mul(gram, b), tf.mul(tf.matMul(gram, gram), c));
      x = tf.add(tf.mul(x, a), tf.matMul(update as tf.Tensor2D, x as tf.Tensor2D));
    }
    return (rows > columns ? tf.transpose(x) : x) as tf.Tensor2D;
  });

/**
 * m = momentum * m + (1 - momentum) * g;  w = (1 - lr * weightDecay) * w - lr * 0.2 * sqrt(longer side) * orthogonal(momentum * m + (1 - momentum) * g)
 *
 * A weight with more than two dimensions is a matrix with a column for each output channel. Vectors (biases) are trained by Adam with the same rate. As
 * PyTorch's `Muon` with adjust_lr_fn "match_rms_adamw", in full precision. Never recorded: on `webgpu` the host prepares each step.
 *
 * @throws RangeError for a rate or decay that is negative or not finite, or a momentum outside [0, 1)
 */
export const muon = ({
  learningRate = 1e-3,
  momentum = 0.95,
  nesterov = true,
  weightDecay = 0,
}: MuonOptions = {}): Optimizer => {
  checkNumbers("muon", {
    learningRate: [learningRate, 0, Infinity],
    momentum: [momentum, 0, 1],
    weightDecay: [weightDecay, 0, Infinity],
  });
  const moments = slots();
  const ofVectors = adam({ learningRate });
  const vectors = (variables: readonly tf.Variable[]) => variables.filter((variable) => !decays(variable));
  return {
    learningRate,
    step: 0,
    counts: ofVectors.counts!,
    update(variables, gradients, rate) {
      this.step++;
      ofVectors.update(vectors(variables), gradients, rate);
      for (const [variable, gradient] of withGradients(variables.filter(decays), gradients)) {
        const moment = moments.of(variable);
        const scaled = tf.tidy(() => {
          moment.assign(tf.add(tf.mul(moment, momentum), tf.mul(gradient, 1 - momentum)));
          const ahead = nesterov ? tf.add(tf.mul(gradient, 1 - momentum), tf.mul(moment, momentum)) : moment;
          const columns = variable.shape.at(-1)!;
          const matrix: tf.Tensor2D = tf.reshape(ahead, [variable.size / columns, columns]);
          const scale = 0.2 * Math.sqrt(Math.max(...matrix.shape));
          return tf.reshape(tf.mul(orthogonal(matrix), scale), variable.shape);
        });
        sgdStep(variable, scaled, undefined, {
          learningRate: rate,
          momentum: 0,
          nesterov: false,
          weightDecay,
        });
        scaled.dispose();
      }
    },
    state: (variables) => ({
      momentum: variables.filter(decays).map(moments.of),
      ...ofVectors.state(vectors(variables)),
    }),
    dispose() {
      moments.dispose();
      ofVectors.dispose();
      this.step = 0;
    },
  };
};
