// The dense (fully connected) layer.

import { type Binding, type Layer, type Seeded, StockDense } from "./builtin.js";
import { positive } from "./check.js";
import type { Activation } from "./conv2d.js";
import { type Initializer, initializers } from "./init.js";

/** Options of `dense`. */
export interface DenseOptions {
  /** Default "linear". */
  activation?: Activation;
}

class Dense extends StockDense implements Seeded {
  declare kernelInitializer: Initializer;
  declare biasInitializer: Initializer;

  bind({ seed, init, inputShape }: Binding): void {
    const { kernel, bias } = initializers(init, { seed, path: this.name, fanIn: inputShape.at(-1)! });
    this.kernelInitializer = kernel;
    this.biasInitializer = bias;
  }
}

/**
 * activation(x W + b): [batch, in] to [batch, units].
 *
 * @throws RangeError when `units` is not a whole number from 1 up
 */
export const dense = (units: number, { activation = "linear" }: DenseOptions = {}): Layer[] => {
  positive("dense", { units });
  return [new Dense({ units, activation })];
};
