// Batch normalisation as PyTorch has it. In training, the ReLU and the addition behind it are one operation with it where nothing else reads its output.
import {
  batchNormInference,
  batchNorm as batchNormOp,
  moveTowards,
  type RunningMean,
  tf,
} from "@mlpconv/tensor";
import { type Layer, only, StockActivation, StockBatchNormalization } from "./builtin.js";
import { type CallOptions, leavesWork } from "./leave-work.js";

/** Options of `batchNorm`. */
export interface BatchNormOptions {
  /** Default "linear". */
  activation?: "relu" | "linear";
  /** Share of a batch's statistics in the running ones. Default 0.1. */
  momentum?: number;
  /** Added to the variance. Default 1e-5. */
  epsilon?: number;
}

/** What is added and applied in the same operation. */
interface Tail {
  add?: tf.Tensor;
  activation: "relu" | "linear";
}

export class BatchNormalization extends StockBatchNormalization {
  declare readonly momentum: number;
  declare readonly epsilon: number;
  declare gamma: tf.LayerVariable;
  declare beta: tf.LayerVariable;
  declare movingMean: tf.LayerVariable;
  declare movingVariance: tf.LayerVariable;
  /** The layer's share of the work where `isJoined`: it also applies the ReLU behind it, or leaves the normalising too to the addition behind it. "linear": it has no such layer behind it. */
  inTraining: "linear" | "relu" | "left to the addition" = "linear";
  /** The ReLU or the addition behind it. */
  reader: Layer | undefined;

  /** Whether the batch's own statistics are used. A frozen layer uses the running ones, as after training. */
  usesBatch({ training }: CallOptions): boolean {
    return Boolean(training) && this.trainable;
  }

  /** Whether it and the layer behind it are one operation now, as `inTraining` says. */
  isJoined(options: CallOptions): boolean {
    return this.usesBatch(options) && leavesWork(this, this.reader, options);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: CallOptions): tf.Tensor {
    const x = only(inputs);
    if (!this.usesBatch(options)) {
      const [scale, offset, mean, variance] = [
        this.gamma,
        this.beta,
        this.movingMean,
        this.movingVariance,
      ].map((weight) => weight.read() as tf.Tensor1D) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
      return batchNormInference(x, scale, offset, mean, variance, { epsilon: this.epsilon });
    }
    if (!this.isJoined(options)) return this.ofBatch(x, options, { activation: "linear" });
    if (this.inTraining === "left to the addition") return tf.clone(x);
    return this.ofBatch(x, options, { activation: this.inTraining });
  }

  /**
   * Normalises by the batch's statistics, and hands these to `options.runningMeans` or moves the running ones towards them.
   *
   * @throws Error when a channel has a single value, which has no variance
   */
  ofBatch(x: tf.Tensor, { runningMeans }: CallOptions, { add, activation }: Tail): tf.Tensor {
    const values = x.size / x.shape.at(-1)!;
    if (values < 2) {
      throw new Error(
        `batchNorm "${this.name}": expected at least two values a channel in training, got ${values} from [${x.shape}]; ` +
          "use batches or shards of more images, or larger images",
      );
    }
    return tf.tidy(() => {
      const { y, mean, variance } = batchNormOp(
        x,
        this.gamma.read() as tf.Tensor1D,
        this.beta.read() as tf.Tensor1D,
        { epsilon: this.epsilon, activation, ...(add && { add }) },
      );
      const share = 1 - this.momentum;
      const give =
        typeof runningMeans === "function" ? (runningMeans as (mean: RunningMean) => void) : moveTowards;
      give({ variable: this.movingMean.read() as tf.Variable, value: mean, scale: 1, share });
      // PyTorch normalises by the variance of the batch and remembers the unbiased one.
      give({
        variable: this.movingVariance.read() as tf.Variable,
        value: variance,
        scale: values / (values - 1),
        share,
      });
      return y;
    });
  }
}

/** The ReLU behind a batch normalisation or an addition, which applies it itself while it uses the batch's statistics. */
export class FollowingRelu extends StockActivation {
  /** Whether what is before it has applied it. */
  isApplied: (options: CallOptions) => boolean = () => false;

  override call(inputs: tf.Tensor | tf.Tensor[], options: CallOptions): tf.Tensor {
    const x = only(inputs);
    return this.isApplied(options) ? tf.clone(x) : tf.relu(x);
  }
}

/** The ReLU behind a layer. */
export const followingRelu = (isApplied: (options: CallOptions) => boolean): Layer => {
  const relu = new FollowingRelu({ activation: "relu" });
  relu.isApplied = isApplied;
  return relu;
};

/**
 * Batch normalisation (Ioffe and Szegedy, 2015) with PyTorch's rules: [.., channels] to the same shape. In training each channel is normalised by the
 * batch's own mean and variance; the running ones, used otherwise, move towards them by `momentum`, the variance unbiased. They are state that is
 * saved with the weights: `running_mean` and `running_var` in a `state_dict`. A layer that is frozen (`trainable = false`) uses the running ones in training too.
 *
 * @throws RangeError when an option is out of range
 */
export const batchNorm = ({
  activation = "linear",
  momentum = 0.1,
  epsilon = 1e-5,
}: BatchNormOptions = {}): Layer[] => {
  if (!(momentum > 0 && momentum <= 1))
    throw new RangeError(`batchNorm: expected momentum above 0 and up to 1, got ${momentum}`);
  if (!(epsilon > 0 && epsilon < 1))
    throw new RangeError(`batchNorm: expected epsilon above 0 and below 1, got ${epsilon}`);
  // tfjs calls momentum what is kept.
  const layer = new BatchNormalization({ momentum: 1 - momentum, epsilon });
  if (activation === "linear") return [layer];
  const relu = followingRelu((options) => layer.isJoined(options));
  layer.inTraining = "relu";
  layer.reader = relu;
  return [layer, relu];
};
