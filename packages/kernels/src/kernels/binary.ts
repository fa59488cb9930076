// Elementwise operations with two operands, which are broadcast; types that the library has no loop for, and shapes with too many axes, use the
// cpu backend's kernels.
import { broadcast_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { KernelBackend } from "../backend.js";
import { broadcast } from "../broadcast.js";
import { expectShape } from "../geometry.js";
import { cpuKernel, type KernelDefinition, kernel } from "../kernel.js";
import { type BinaryName, binaryOperations, numberOf, type Operation } from "../operations.js";

/** Undefined where the library has no loop for it. */
const compute = (
  kernelName: BinaryName,
  a: TensorInfo,
  b: TensorInfo,
  backend: KernelBackend,
): TensorInfo | undefined => {
  const { types, result }: Operation = binaryOperations[kernelName];
  const type = types.find((each) => each === a.dtype && each === b.dtype);
  const shape = broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const plan = broadcast(a.shape, b.shape, shape);
  if (!type || !plan) return undefined;
  const [left, right] = [backend.numbers(a), backend.numbers(b)];
  const y = backend.allocate(shape, result ?? type);
  if (util.sizeFromShape(shape) === 0) return y;
  const op = numberOf.binary[kernelName];
  backend.library.call("mlpconv_binary", op, numberOf.type[type], plan, left, right, backend.numbers(y));
  return y;
};

/** @param names the names of the two inputs */
const binary = <A extends string, B extends string>(
  kernelName: BinaryName,
  names: readonly [A, B],
): KernelDefinition => {
  const otherwise = cpuKernel(kernelName);
  return kernel<Record<A | B, TensorInfo>, undefined>(
    kernelName,
    (inputs, attributes, backend) =>
      compute(kernelName, inputs[names[0]], inputs[names[1]], backend) ??
      otherwise(inputs, attributes, backend),
  );
};

/** The gradient of an activation from its output, in one pass over equal shapes. */
const gradient = (kernelName: "SigmoidGrad" | "EluGrad") =>
  kernel<Record<"dy" | "y", TensorInfo>, undefined>(kernelName, ({ dy, y }, _, backend) => {
    expectShape(kernelName, "dy", dy.shape, y.shape);
    const dx = compute(kernelName, dy, y, backend);
    if (dx) return dx;
    throw new Error(
      `${kernelName}: expected two float32 tensors, got ${dy.dtype} and ${y.dtype}; convert other types with tf.cast`,
    );
  });

/** The sum of several tensors of one shape, in their order. */
const stockAddN = cpuKernel("AddN");
const addN = kernel<Record<string, TensorInfo>, undefined>("AddN", (inputs, attributes, backend) => {
  const tensors = Object.values(inputs);
  const first = tensors[0];
  if (!first) throw new Error("AddN: expected at least one tensor, got none");
  for (const [i, { shape }] of tensors.entries()) expectShape("AddN", `tensor ${i}`, shape, first.shape);
  const same = tensors.every(({ dtype }) => dtype === first.dtype);
  if (!same || !(first.dtype === "float32" || first.dtype === "int32"))
    return stockAddN(inputs, attributes, backend);
  let sum = backend.reshaped(first, first.shape);
  for (const tensor of tensors.slice(1)) {
    const next = compute("Add", sum, tensor, backend)!; // equal shapes of a type that Add has
    backend.disposeIntermediateTensorInfo(sum);
    sum = next;
  }
  return sum;
});

const ofTwo = (Object.keys(binaryOperations) as BinaryName[]).filter(
  (name) => !["SigmoidGrad", "EluGrad", "Prelu"].includes(name),
);

export const binaryKernels = [
  ...ofTwo.map((name) => binary(name, ["a", "b"])),
  binary("Prelu", ["x", "alpha"]),
  gradient("SigmoidGrad"),
  gradient("EluGrad"),
  addN,
];
