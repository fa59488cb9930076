// Dropout with a mask that is a function of (seed, layer, step): any engine, any number of runs, the same mask.
import { stream, tf } from "@mlpconv/tensor";
import { type Binding, type Layer, only, type Seeded, StockDropout } from "./stock.js";

class Dropout extends StockDropout implements Seeded {
  declare readonly rate: number;
  private seedOfMasks = 0;
  /** Training calls without a step, as `model.fit` makes them. */
  private calls = 0;

  bind({ seed }: Binding): void {
    this.seedOfMasks = seed;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training, step }: Record<string, unknown>): tf.Tensor {
    const x = only(inputs);
    if (!training || this.rate === 0) return x;
    const block = step ?? this.calls++;
    if (typeof block !== "number" || !Number.isInteger(block) || block < 0) {
      throw new Error(
        `dropout "${this.name}": expected the training step, which picks the mask, to be a whole number from 0 up, got ${step}`,
      );
    }
    return tf.tidy(() => {
      const mask = dropoutMask(x.size, this.rate, { seed: this.seedOfMasks, path: this.name, block });
      return tf.mul(x, tf.tensor(mask, x.shape));
    });
  }
}

/** For each number 0 with probability `rate`, else 1 / (1 - rate), so that the expected value stays what it was. */
const dropoutMask = (
  length: number,
  rate: number,
  { seed, path, block }: { seed: number; path: string; block: number },
): Float32Array => {
  const mask = new Float32Array(length);
  const bits = stream(seed, path).bits(length, { block });
  const threshold = rate * 2 ** 32;
  const kept = 1 / (1 - rate);
  for (let i = 0; i < length; i++) mask[i] = bits[i]! < threshold ? 0 : kept;
  return mask;
};

/**
 * Sets a share of the numbers to zero while training and scales the rest by 1 / (1 - rate) (Srivastava et al., 2014).
 * The step picks the mask, `model.apply(x, { training: true, step })`; where none is given, as by `model.fit`, the layer counts its calls.
 *
 * @throws RangeError unless 0 <= rate < 1
 */
export const dropout = (rate: number): Layer[] => {
  if (!(rate >= 0 && rate < 1))
    throw new RangeError(`dropout: expected rate from 0 up to, not including, 1, got ${rate}`);
  return [new Dropout({ rate })];
};
