// Clipping of gradients by their global norm (Pascanu et al., 2013), around any optimiser.
import { tf } from "@mlpconv/tensor";
import { around, replayedAs } from "./around.js";
import { checkNumbers, type Optimizer, withGradients } from "./optimizer.js";

/**
 * The optimiser, given gradients of which all together, as one vector, have at most this norm: longer ones are scaled down, as by PyTorch's
 * `clip_grad_norm_`.
 *
 * @throws RangeError for a norm that is not above 0 and finite
 */
export const clipGradients = (optimizer: Optimizer, maxNorm: number): Optimizer => {
  checkNumbers("clipGradients", { maxNorm: [maxNorm, Number.MIN_VALUE, Infinity] });
  const constants = clippingConstants(maxNorm);
  const clipped = around(optimizer, {
    update(variables, gradients, rate) {
      const { maxNorm, epsilon, one } = constants.get();
      const scaled = tf.tidy(() => {
        const present = withGradients(variables, gradients);
        if (present.length === 0) return {};
        const norm = tf.sqrt(tf.addN(present.map(([, gradient]) => tf.sum(tf.square(gradient)))));
        const factor = tf.minimum(tf.div(maxNorm, tf.add(norm, epsilon)), one);
        return Object.fromEntries(present.map(([{ name }, gradient]) => [name, tf.mul(gradient, factor)]));
      });
      optimizer.update(variables, scaled, rate);
      tf.dispose(scaled);
    },
    dispose() {
      constants.dispose();
      optimizer.dispose();
    },
  });
  // The same operations at each step, so what the inner optimiser allows to record stays so.
  return replayedAs(optimizer, clipped);
};

interface Constants {
  maxNorm: tf.Scalar;
  /** PyTorch's, so that the division stays finite. */
  epsilon: tf.Scalar;
  one: tf.Scalar;
}

/** Numbers as tensors that stay: a step that reads a number from the host is not recorded. */
const clippingConstants = (maxNorm: number) => {
  let made: Constants | undefined;
  return {
    get: (): Constants => {
      made ??= { maxNorm: tf.scalar(maxNorm), epsilon: tf.scalar(1e-6), one: tf.scalar(1) };
      for (const each of Object.values(made)) tf.keep(each);
      return made;
    },
    dispose: () => {
      tf.dispose(made as unknown as tf.NamedTensorMap | undefined);
      made = undefined;
    },
  };
};
