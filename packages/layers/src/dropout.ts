// Dropout with a mask that depends only on (seed, layer, step): the same mask on every engine and in every run.
import { dropout as dropoutOp, stream, type tf } from "@mlpconv/tensor";
import { type Binding, type Layer, only, type Seeded, StockDropout } from "./builtin.js";

class Dropout extends StockDropout implements Seeded {
  declare readonly rate: number;
  private seedOfMasks = 0;
  /** Training calls that passed no step, such as those of `model.fit`. */
  private calls = 0;

  bind({ seed }: Binding): void {
    this.seedOfMasks = seed;
  }

  override call(
    inputs: tf.Tensor | tf.Tensor[],
    { training, step, firstExample = 0 }: Record<string, unknown>,
  ): tf.Tensor {
    const x = only(inputs);
    if (!training || this.rate === 0) return x;
    const block = step ?? this.calls++;
    if (typeof block !== "number" || !Number.isInteger(block) || block < 0) {
      throw new Error(
        `dropout "${this.name}": expected the training step, which picks the mask, to be a whole number from 0 up, got ${step}`,
      );
    }
    if (typeof firstExample !== "number" || !Number.isInteger(firstExample) || firstExample < 0) {
      throw new Error(
        `dropout "${this.name}": expected firstExample, the place of these examples in their batch, to be a whole number from 0 up, got ${firstExample}`,
      );
    }
    const offset = firstExample * (x.size / Math.max(1, x.shape[0]!));
    return dropoutOp(x, this.rate, stream(this.seedOfMasks, this.name), { block, offset });
  }
}

/**
 * Sets a share of the numbers to zero while training and scales the rest by 1 / (1 - rate) (Srivastava et al., 2014).
 * The step picks the mask: `model.apply(x, { training: true, step })`. Without a step, as in `model.fit`, the layer counts its own calls.
 * A part of a batch gets its part of the mask: in `{ training: true, step, firstExample }`, `firstExample` is its first example's index in the batch.
 *
 * @throws RangeError unless 0 <= rate < 1
 */
export const dropout = (rate: number): Layer[] => {
  if (!(rate >= 0 && rate < 1))
    throw new RangeError(`dropout: expected rate from 0 up to, not including, 1, got ${rate}`);
  return [new Dropout({ rate })];
};
