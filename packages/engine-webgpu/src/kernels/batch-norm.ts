// BatchNorm, BatchNormGrad and BatchNormInference: batch normalisation fused with an addition and a ReLU.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { expectFloats, expectShape } from "../conv-info.js";
import { kernel } from "../kernel.js";
import {
  type BatchNorm,
  gradientOfX,
  gradients,
  moments,
  normalised,
  partGradients,
  partMoments,
} from "../wgsl/batch-norm.js";
import { channelGrid, partialSize } from "../wgsl/by-channel.js";

interface Attributes {
  epsilon: number;
  activation: "linear" | "relu";
  residual: boolean;
}
type Parameters = Record<"scale" | "offset", TensorInfo>;
type Statistics = Record<"mean" | "variance", TensorInfo>;
type Inputs = { x: TensorInfo; add?: TensorInfo } & Parameters;

/** @throws Error unless all tensors are float32, x has channels and the others fit it */
const checked = (
  where: string,
  x: TensorInfo,
  byChannel: Record<string, TensorInfo>,
  likeX: Record<string, TensorInfo>,
  { epsilon, activation }: Attributes,
  residual: boolean,
): BatchNorm => {
  expectFloats(where, { x, ...byChannel, ...likeX });
  const channels = x.shape.at(-1);
  if (!channels) throw new Error(`${where} on webgpu: expected x [..., channels], got [${x.shape}]`);
  for (const [name, { shape }] of Object.entries(byChannel)) expectShape(where, name, shape, [channels]);
  for (const [name, { shape }] of Object.entries(likeX)) expectShape(where, name, shape, x.shape);
  const grid = channelGrid(util.sizeFromShape(x.shape), channels);
  return { grid, epsilon, relu: activation === "relu", residual };
};

const expectValues = (where: string, { grid }: BatchNorm, { shape }: TensorInfo): void => {
  if (grid.rows > 0) return;
  throw new Error(`${where} on webgpu: expected at least one value for each channel, got x [${shape}]`);
};

const batchNorm = kernel<Inputs, Attributes>(
  "BatchNorm",
  ({ x, scale, offset, add }, attributes, backend) => {
    const how = checked("BatchNorm", x, { scale, offset }, add ? { add } : {}, attributes, !!add);
    expectValues("BatchNorm", how, x);
    const partial = backend.makeTensorInfo([partialSize(how.grid)], "float32");
    const [mean, variance] = [1, 2].map(() => backend.makeTensorInfo([how.grid.channels], "float32"));
    backend.record(partMoments(how), [partial, x]);
    backend.record(moments(how), [mean!, variance!, partial]);
    backend.disposeData(partial.dataId);
    const y = backend.makeTensorInfo(x.shape, "float32");
    backend.record(normalised(how), [y, x, mean!, variance!, scale, offset, ...(add ? [add] : [])]);
    return [y, mean!, variance!];
  },
);

const batchNormGrad = kernel<Record<"x" | "dy" | "y", TensorInfo> & Parameters & Statistics, Attributes>(
  "BatchNormGrad",
  ({ x, dy, y, scale, offset, mean, variance }, attributes, backend) => {
    const { residual } = attributes;
    const byChannel = { scale, offset, mean, variance };
    const how = checked("BatchNormGrad", x, byChannel, { dy, y }, attributes, residual);
    expectValues("BatchNormGrad", how, x);
    const { channels } = how.grid;
    const partial = backend.makeTensorInfo([partialSize(how.grid)], "float32");
    const dAdd = how.relu && residual ? backend.makeTensorInfo(x.shape, "float32") : undefined;
    const fromX = how.relu && !residual;
    backend.record(partGradients(how), [
      partial,
      x,
      dy,
      mean,
      ...(fromX ? [variance, scale, offset] : []),
      ...(dAdd ? [y, dAdd] : []),
    ]);
    const [dScale, dOffset, terms] = [channels, channels, 3 * channels].map((size) =>
      backend.makeTensorInfo([size], "float32"),
    );
    backend.record(gradients(how), [dScale!, dOffset!, terms!, partial, variance, scale]);
    backend.disposeData(partial.dataId);
    const dx = backend.makeTensorInfo(x.shape, "float32");
    backend.record(gradientOfX(how), [dx, x, dAdd ?? dy, mean, terms!, ...(fromX ? [offset] : [])]);
    backend.disposeData(terms!.dataId);
    return [dx, dScale!, dOffset!, ...(dAdd ? [dAdd] : [])];
  },
);

const batchNormInference = kernel<Inputs & Statistics, Attributes>(
  "BatchNormInference",
  ({ x, mean, variance, scale, offset, add }, attributes, backend) => {
    const byChannel = { mean, variance, scale, offset };
    const how = checked("BatchNormInference", x, byChannel, add ? { add } : {}, attributes, !!add);
    const y = backend.makeTensorInfo(x.shape, "float32");
    if (how.grid.rows === 0) return y;
    backend.record(normalised(how), [y, x, mean, variance, scale, offset, ...(add ? [add] : [])]);
    return y;
  },
);

export const batchNormKernels = [batchNorm, batchNormGrad, batchNormInference];
