// Learning rates of their own for some variables, as PyTorch's parameter groups have them, around any optimiser.
import type { tf } from "@mlpconv/tensor";
import { around } from "./around.js";
import type { Optimizer } from "./optimizer.js";

/**
 * The optimiser, whose learning rate is multiplied by a factor of each variable. Put `clipGradients` around it, not inside: it would clip each group by
 * itself.
 *
 * @param factorOf at least 0 and finite, always the same for a variable
 */
export const scaleRates = (optimizer: Optimizer, factorOf: (variable: tf.Variable) => number): Optimizer =>
  // Without `replayAttributes`: a recording has one learning rate for all its updates.
  around(optimizer, {
    update(variables, gradients, rate) {
      const groups = new Map<number, tf.Variable[]>();
      for (const variable of variables) {
        const factor = factorOf(variable);
        if (!(factor >= 0 && factor < Infinity))
          throw new RangeError(
            `scaleRates: expected the factor of ${variable.name} to be at least 0 and finite, got ${factor}`,
          );
        groups.set(factor, [...(groups.get(factor) ?? []), variable]);
      }
      const { step } = optimizer;
      for (const [factor, group] of groups) optimizer.update(group, gradients, rate * factor);
      // One update, in parts.
      optimizer.step = step + 1;
    },
  });
