// A model with the averages of its weights in their place, for as long as something is done with it.
import { tf } from "@mlpconv/tensor";
import type { Optimizer } from "./optimizers/optimizer.js";
import { variablesOf } from "./train-step.js";

/**
 * Gives what `use` gives while the model has the averages that the optimiser keeps; afterwards it has its own weights again, to the bit.
 *
 * @throws Error for an optimiser that keeps none
 */
export const withAverages = async <T>(
  model: tf.LayersModel,
  optimizer: Pick<Optimizer, "averages">,
  use: () => Promise<T>,
): Promise<T> => {
  const variables = variablesOf(model);
  const averages = optimizer.averages?.(variables);
  if (!averages)
    throw new Error(
      "withAverages: expected an optimiser that keeps averages, got one without; make it with averageWeights(optimizer, decay)",
    );
  const own = variables.map((variable) => variable.clone());
  for (const [i, variable] of variables.entries()) variable.assign(averages[i]!);
  try {
    return await use();
  } finally {
    for (const [i, variable] of variables.entries()) variable.assign(own[i]!);
    tf.dispose(own);
  }
};
