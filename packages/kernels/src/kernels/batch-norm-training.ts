// Batch normalisation fused with an addition and a ReLU, for callers that use these kernels by name: with the statistics of the batch and their
// gradients in two passes over memory each, and with given statistics in one.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { expectShape } from "../geometry.js";
import { kernel } from "../kernel.js";

interface Attributes {
  epsilon: number;
  activation: "linear" | "relu";
  residual: boolean;
}
type Parameters = Record<"scale" | "offset", TensorInfo>;
type Statistics = Record<"mean" | "variance", TensorInfo>;
type Inputs = { x: TensorInfo; add?: TensorInfo } & Parameters;

/**
 * Number of channels of x [..., channels], after checking what a kernel reads by it.
 *
 * @throws Error when x has no channels, or a tensor is not [channels] or of x's shape
 */
const channelsOf = (
  where: string,
  { shape }: TensorInfo,
  byChannel: Record<string, TensorInfo>,
  likeX: Record<string, TensorInfo | undefined>,
): number => {
  const channels = shape.at(-1);
  if (!channels) throw new Error(`${where}: expected x [..., channels], got [${shape}]`);
  for (const [name, tensor] of Object.entries(byChannel)) expectShape(where, name, tensor.shape, [channels]);
  for (const [name, tensor] of Object.entries(likeX)) {
    if (tensor) expectShape(where, name, tensor.shape, shape);
  }
  return channels;
};

const expectValues = (where: string, { shape }: TensorInfo): void => {
  if (util.sizeFromShape(shape) === 0)
    throw new Error(`${where}: expected at least one value for each channel, got x [${shape}]`);
};

const batchNorm = kernel<Inputs, Attributes>(
  "BatchNorm",
  ({ x, scale, offset, add }, { epsilon, activation }, backend) => {
    const channels = channelsOf("BatchNorm", x, { scale, offset }, { add });
    expectValues("BatchNorm", x);
    const [images, scales, offsets] = [x, scale, offset].map((tensor) => backend.floats(tensor));
    const added = add ? backend.floats(add) : null;
    const [y, mean, variance] = [x.shape, [channels], [channels]].map((shape) => backend.allocate(shape));
    backend.library.call(
      "mlpconv_batch_norm_train",
      util.sizeFromShape(x.shape),
      channels,
      images!,
      scales!,
      offsets!,
      epsilon,
      added,
      Number(activation === "relu"),
      backend.floats(y!),
      backend.floats(mean!),
      backend.floats(variance!),
    );
    return [y!, mean!, variance!];
  },
);

const batchNormGrad = kernel<Record<"x" | "dy" | "y", TensorInfo> & Parameters & Statistics, Attributes>(
  "BatchNormGrad",
  ({ x, dy, y, scale, offset, mean, variance }, { epsilon, activation, residual }, backend) => {
    const channels = channelsOf("BatchNormGrad", x, { scale, offset, mean, variance }, { dy, y });
    expectValues("BatchNormGrad", x);
    const [images, gradient, output, scales, offsets, means, variances] = [
      x,
      dy,
      y,
      scale,
      offset,
      mean,
      variance,
    ].map((tensor) => backend.floats(tensor));
    const relu = activation === "relu";
    const shapes = [x.shape, [channels], [channels], ...(relu && residual ? [x.shape] : [])];
    const results = shapes.map((shape) => backend.allocate(shape));
    const [toX, toScale, toOffset, toAdd] = results.map((tensor) => backend.floats(tensor));
    backend.library.call(
      "mlpconv_batch_norm_train_grad",
      util.sizeFromShape(x.shape),
      channels,
      images!,
      gradient!,
      output!,
      scales!,
      offsets!,
      means!,
      variances!,
      epsilon,
      Number(relu),
      toX!,
      toScale!,
      toOffset!,
      toAdd ?? null,
    );
    return results;
  },
);

const batchNormInference = kernel<Inputs & Statistics, Attributes>(
  "BatchNormInference",
  ({ x, mean, variance, scale, offset, add }, { epsilon, activation }, backend) => {
    const channels = channelsOf("BatchNormInference", x, { mean, variance, scale, offset }, { add });
    const [images, means, variances, scales, offsets] = [x, mean, variance, scale, offset].map((tensor) =>
      backend.floats(tensor),
    );
    const added = add ? backend.floats(add) : null;
    const y = backend.allocate(x.shape);
    backend.library.call(
      "mlpconv_batch_norm",
      util.sizeFromShape(x.shape),
      channels,
      images!,
      means!,
      variances!,
      scales!,
      offsets!,
      epsilon,
      added,
      Number(activation === "relu"),
      backend.floats(y),
    );
    return y;
  },
);

export const batchNormTrainingKernels = [batchNorm, batchNormGrad, batchNormInference];
