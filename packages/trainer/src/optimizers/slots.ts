// An optimiser's state: for each variable, a tensor of the same shape that starts at zero.
import { tf } from "@mlpconv/tensor";

export interface Slots {
  of(variable: tf.Variable): tf.Variable;
  dispose(): void;
}

export const slots = (): Slots => {
  const values = new Map<tf.Variable, tf.Variable>();
  return {
    of: (variable) => {
      let value = values.get(variable);
      if (!value) {
        value = tf.tidy(() => tf.variable(tf.zerosLike(variable), false));
        values.set(variable, value);
      }
      return value;
    },
    dispose: () => {
      for (const value of values.values()) value.dispose();
      values.clear();
    },
  };
};
