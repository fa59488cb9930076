// Pooling and its gradients. Among equal values, the first one of a window in row-major order is its maximum, as on the cpu backend.
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { expectShape, type PoolAttributes, pooling } from "../geometry.js";
import { kernel } from "../kernel.js";

export const maxPool = kernel<Record<"x", TensorInfo>, PoolAttributes>(
  "MaxPool",
  ({ x }, attributes, backend) => {
    const { shape, outShape, empty } = pooling("MaxPool", x.shape, attributes);
    const images = backend.floats(x);
    const y = backend.allocate(outShape);
    if (!empty) backend.library.call("mlpconv_max_pool", shape, images, backend.floats(y));
    return y;
  },
);

export const maxPoolGrad = kernel<Record<"dy" | "input", TensorInfo>, PoolAttributes>(
  "MaxPoolGrad",
  ({ dy, input }, attributes, backend) => {
    const { shape, outShape, empty } = pooling("MaxPoolGrad", input.shape, attributes);
    expectShape("MaxPoolGrad", "dy", dy.shape, outShape);
    const [images, gradient] = [backend.floats(input), backend.floats(dy)];
    const dx = backend.allocate(input.shape);
    if (!empty) backend.library.call("mlpconv_max_pool_grad", shape, images, gradient, backend.floats(dx));
    return dx;
  },
);

export const avgPool = kernel<Record<"x", TensorInfo>, PoolAttributes>(
  "AvgPool",
  ({ x }, attributes, backend) => {
    const { shape, outShape, empty } = pooling("AvgPool", x.shape, attributes);
    const images = backend.floats(x);
    const y = backend.allocate(outShape);
    if (!empty) backend.library.call("mlpconv_avg_pool", shape, images, backend.floats(y));
    return y;
  },
);

export const avgPoolGrad = kernel<Record<"dy" | "input", TensorInfo>, PoolAttributes>(
  "AvgPoolGrad",
  ({ dy, input }, attributes, backend) => {
    const { shape, outShape, empty } = pooling("AvgPoolGrad", input.shape, attributes);
    expectShape("AvgPoolGrad", "dy", dy.shape, outShape);
    const gradient = backend.floats(dy);
    const dx = backend.allocate(input.shape);
    if (!empty) backend.library.call("mlpconv_avg_pool_grad", shape, gradient, backend.floats(dx));
    return dx;
  },
);
