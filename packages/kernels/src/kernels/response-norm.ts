// AlexNet's local response normalisation over channels, and its gradient.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { expectShape } from "../geometry.js";
import { cpuKernel, kernel } from "../kernel.js";

interface Attributes {
  depthRadius: number;
  bias: number;
  alpha: number;
  beta: number;
}

/** Arguments for the library, or undefined where the cpu backend's kernel computes: other types, radii that are no whole numbers, no values. */
const plan = ({ shape, dtype }: TensorInfo, { depthRadius, bias, alpha, beta }: Attributes) => {
  const size = util.sizeFromShape(shape);
  if (dtype !== "float32" || size === 0 || !Number.isInteger(depthRadius) || depthRadius < 0)
    return undefined;
  const channels = shape.at(-1) ?? 1;
  // A larger radius than all channels changes nothing.
  return [size / channels, channels, Math.min(depthRadius, channels), bias, alpha, beta] as const;
};

const stockLrn = cpuKernel("LRN");
const lrn = kernel<Record<"x", TensorInfo>, Attributes>("LRN", (inputs, attributes, backend) => {
  const { x } = inputs;
  const parameters = plan(x, attributes);
  if (!parameters) return stockLrn(inputs, attributes, backend);
  const values = backend.floats(x);
  const y = backend.allocate(x.shape);
  backend.library.call("mlpconv_response_norm", ...parameters, values, backend.floats(y));
  return y;
});

const stockLrnGrad = cpuKernel("LRNGrad");
const lrnGrad = kernel<Record<"x" | "y" | "dy", TensorInfo>, Attributes>(
  "LRNGrad",
  (inputs, attributes, backend) => {
    const { x, y, dy } = inputs;
    const parameters = plan(x, attributes);
    if (!parameters) return stockLrnGrad(inputs, attributes, backend);
    expectShape("LRNGrad", "y", y.shape, x.shape);
    expectShape("LRNGrad", "dy", dy.shape, x.shape);
    const [values, outputs, gradient] = [x, y, dy].map((tensor) => backend.floats(tensor));
    const dx = backend.allocate(x.shape);
    backend.library.call(
      "mlpconv_response_norm_grad",
      ...parameters,
      values!,
      outputs!,
      gradient!,
      backend.floats(dx),
    );
    return dx;
  },
);

export const responseNormKernels = [lrn, lrnGrad];
