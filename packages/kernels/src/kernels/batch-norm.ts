// Batch normalisation with given statistics, and its gradients by each input in two passes.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { KernelBackend } from "../backend.js";
import { expectShape } from "../geometry.js";
import { cpuKernel, kernel } from "../kernel.js";

type Statistics = Record<"x" | "mean" | "variance", TensorInfo> & { scale?: TensorInfo | null };
type Inputs = Statistics & { offset?: TensorInfo | null };
interface Attributes {
  varianceEpsilon?: number | null;
}

const DEFAULT_EPSILON = 0.001;

/** The number of values that the statistics have, if they are one for each place of x's last axes; otherwise undefined. */
const channelsOf = ({ x, mean, variance, scale, offset }: Inputs): number | undefined => {
  const others = [mean, variance, ...(scale ? [scale] : []), ...(offset ? [offset] : [])];
  const suffix = (shape: number[]) =>
    shape.length >= 1 &&
    shape.length <= x.shape.length &&
    shape.every((size, i) => size === x.shape[x.shape.length - shape.length + i]);
  const size = util.sizeFromShape(mean.shape);
  const plain =
    x.dtype === "float32" &&
    util.sizeFromShape(x.shape) > 0 &&
    others.every(
      ({ dtype, shape }) => dtype === "float32" && suffix(shape) && util.sizeFromShape(shape) === size,
    );
  return plain ? size : undefined;
};

const optional = (tensor: TensorInfo | null | undefined, backend: KernelBackend) =>
  tensor ? backend.floats(tensor) : null;

const stockBatchNorm = cpuKernel("FusedBatchNorm");
const batchNorm = kernel<Inputs, Attributes>("FusedBatchNorm", (inputs, attributes, backend) => {
  const channels = channelsOf(inputs);
  if (channels === undefined) return stockBatchNorm(inputs, attributes, backend);
  const { x, mean, variance, scale, offset } = inputs;
  const [images, means, variances] = [x, mean, variance].map((tensor) => backend.floats(tensor));
  const [scales, offsets] = [optional(scale, backend), optional(offset, backend)];
  const y = backend.allocate(x.shape);
  backend.library.call(
    "mlpconv_batch_norm",
    util.sizeFromShape(x.shape),
    channels,
    images!,
    means!,
    variances!,
    scales,
    offsets,
    attributes.varianceEpsilon ?? DEFAULT_EPSILON,
    null,
    0,
    backend.floats(y),
  );
  return y;
});

/** The gradients [dx, dMean, dVariance, dScale, dOffset]; each input counts as a constant for the others. */
const batchNormGrad = kernel<Statistics & { dy: TensorInfo }, Attributes>(
  "FusedBatchNormGrad",
  (inputs, { varianceEpsilon }, backend) => {
    const { x, mean, variance, scale, dy } = inputs;
    expectShape("FusedBatchNormGrad", "dy", dy.shape, x.shape);
    const channels = channelsOf(inputs);
    if (channels === undefined) {
      const shapes = [mean, variance, ...(scale ? [scale] : [])].map(({ shape }) => `[${shape}]`);
      throw new Error(
        `FusedBatchNormGrad: expected float32 images and statistics of one value for each of ${x.shape.at(-1)} channels, got ${x.dtype} [${x.shape}] and ${shapes.join(", ")}`,
      );
    }
    const [images, means, variances, gradient] = [x, mean, variance, dy].map((tensor) =>
      backend.floats(tensor),
    );
    const scales = optional(scale, backend);
    const dx = backend.allocate(x.shape);
    const results = [dx, ...[1, 2, 3, 4].map(() => backend.allocate(mean.shape))];
    const [toX, toMean, toVariance, toScale, toOffset] = results.map((tensor) => backend.floats(tensor));
    backend.library.call(
      "mlpconv_batch_norm_grad",
      util.sizeFromShape(x.shape),
      channels,
      images!,
      means!,
      variances!,
      scales,
      varianceEpsilon ?? DEFAULT_EPSILON,
      gradient!,
      toX!,
      toMean!,
      toVariance!,
      toScale!,
      toOffset!,
    );
    return results;
  },
);

export const batchNormKernels = [batchNorm, batchNormGrad];
