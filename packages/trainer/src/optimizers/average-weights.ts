// Averages of the weights (Polyak and Juditsky, 1992), as an exponential mean over the updates of any optimiser.
import { moveTowards, tf } from "@mlpconv/tensor";
import { around, replayedAs } from "./around.js";
import { checkNumbers, type Optimizer } from "./optimizer.js";
import { slots } from "./slots.js";

/**
 * The optimiser, which also keeps average = decay * average + (1 - decay) * weights after each update, from the weights before the first one on. `train`
 * tests the averages too after each epoch, with the running statistics of batch normalisation as they are. They are part of the optimiser's state, so checkpoints hold them.
 *
 * @param decay 0 to below 1; with 0.999 about the last thousand updates count
 * @throws RangeError for a decay outside [0, 1)
 */
export const averageWeights = (optimizer: Optimizer, decay: number): Optimizer => {
  checkNumbers("averageWeights", { decay: [decay, 0, 1] });
  const averages = slots();
  /** Before the first update, the averages are the weights. A copy: `assign` shares the numbers, and updates are in place. */
  const begin = (variables: readonly tf.Variable[]): void => {
    if (optimizer.step > 0) return;
    for (const variable of variables) tf.tidy(() => averages.of(variable).assign(tf.mul(variable, 1)));
  };
  const averaged = around(optimizer, {
    update(variables, gradients, rate) {
      begin(variables);
      optimizer.update(variables, gradients, rate);
      for (const variable of variables)
        moveTowards({ variable: averages.of(variable), value: variable, scale: 1, share: 1 - decay });
    },
    averages: (variables) => {
      begin(variables);
      return variables.map(averages.of);
    },
    state: (variables) => ({ ...optimizer.state(variables), average: variables.map(averages.of) }),
    dispose() {
      averages.dispose();
      optimizer.dispose();
    },
  });
  // The averages move by the same share at each step, so what the inner optimiser allows to record stays so.
  return replayedAs(optimizer, averaged);
};
