// One number of the output from one number, or two, of the inputs: float32 here, all else as on the cpu backend.
import { broadcast_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { broadcast } from "../broadcast.js";
import { expectShape } from "../geometry.js";
import { kernel, stock } from "../kernel.js";

/** The order is that of `enum UnaryOp` in native/kernels.h. */
const unaryOps = ["Relu", "Sigmoid", "Step", "Neg", "Square", "Sqrt", "Exp", "Floor", "Tanh"] as const;

const unary = (kernelName: (typeof unaryOps)[number]) => {
  const op = unaryOps.indexOf(kernelName);
  const otherwise = stock(kernelName);
  return kernel<Record<"x", TensorInfo>, { alpha?: number } | undefined>(
    kernelName,
    (inputs, attributes, backend) => {
      const { x } = inputs;
      if (x.dtype !== "float32") return otherwise(inputs, attributes, backend);
      const values = backend.floats(x);
      const y = backend.allocate(x.shape);
      backend.native.call(
        "mlpconv_unary",
        op,
        values.length,
        values,
        attributes?.alpha ?? 0,
        backend.floats(y),
      );
      return y;
    },
  );
};

/** The order is that of `enum BinaryOp` in native/kernels.h, whose last one is SIGMOID_GRAD. */
const binaryOps = ["Add", "Sub", "Multiply", "RealDiv", "Maximum", "Minimum"] as const;

/** dy * y * (1 - y), which tfjs takes three passes over the tensors for. */
const sigmoidGrad = kernel<Record<"dy" | "y", TensorInfo>, undefined>(
  "SigmoidGrad",
  ({ dy, y }, _, backend) => {
    expectShape("SigmoidGrad", "dy", dy.shape, y.shape);
    const { sizes, a, b } = broadcast(y.shape, y.shape, y.shape)!; // one axis: equal shapes always have a plan
    const [gradient, values] = [backend.floats(dy), backend.floats(y)];
    const dx = backend.allocate(y.shape);
    const op = binaryOps.length;
    backend.native.call("mlpconv_binary", op, sizes, a, b, gradient, values, backend.floats(dx));
    return dx;
  },
);

const binary = (kernelName: (typeof binaryOps)[number]) => {
  const op = binaryOps.indexOf(kernelName);
  const otherwise = stock(kernelName);
  return kernel<Record<"a" | "b", TensorInfo>, undefined>(kernelName, (inputs, attributes, backend) => {
    const { a, b } = inputs;
    const shape = broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
    const plan = broadcast(a.shape, b.shape, shape);
    const float = a.dtype === "float32" && b.dtype === "float32";
    if (!float || !plan || util.sizeFromShape(shape) === 0) return otherwise(inputs, attributes, backend);
    const [left, right] = [backend.floats(a), backend.floats(b)];
    const y = backend.allocate(shape);
    backend.native.call("mlpconv_binary", op, plan.sizes, plan.a, plan.b, left, right, backend.floats(y));
    return y;
  });
};

const stockFill = stock("Fill");
const fill = kernel<object, { shape: number[]; value: number | string; dtype?: string }>(
  "Fill",
  (inputs, attributes, backend) => {
    const { shape, value, dtype = typeof value === "string" ? "string" : "float32" } = attributes;
    if (dtype !== "float32" || typeof value !== "number") return stockFill(inputs, attributes, backend);
    const y = backend.allocate(shape);
    backend.native.call("mlpconv_fill", util.sizeFromShape(shape), value, backend.floats(y));
    return y;
  },
);

const like = (kernelName: "ZerosLike" | "OnesLike", value: number) => {
  const otherwise = stock(kernelName);
  return kernel<Record<"x", TensorInfo>, undefined>(kernelName, (inputs, attributes, backend) => {
    const { dtype, shape } = inputs.x;
    if (dtype !== "float32") return otherwise(inputs, attributes, backend);
    const y = backend.allocate(shape);
    backend.native.call("mlpconv_fill", util.sizeFromShape(shape), value, backend.floats(y));
    return y;
  });
};

const stockCast = stock("Cast");
const cast = kernel<Record<"x", TensorInfo>, { dtype: string }>("Cast", (inputs, attributes, backend) => {
  const { x } = inputs;
  if (x.dtype !== "int32" || attributes.dtype !== "float32") return stockCast(inputs, attributes, backend);
  const values = backend.integers(x);
  const y = backend.allocate(x.shape);
  backend.native.call("mlpconv_cast_int32", values.length, values, backend.floats(y));
  return y;
});

export const elementwise = [
  ...unaryOps.map(unary),
  ...binaryOps.map(binary),
  sigmoidGrad,
  like("ZerosLike", 0),
  like("OnesLike", 1),
  fill,
  cast,
];
