// Elementwise kernels without arithmetic: constants, the conversion between number types, and the choice between two tensors.
import { type DataType, type TensorInfo, upcastType, util } from "@tensorflow/tfjs-core";
import { isNumberType, type KernelBackend, type NumberType } from "../backend.js";
import { cpuKernel, kernel } from "../kernel.js";
import { numberOf } from "../operations.js";

const stockFill = cpuKernel("Fill");
const fill = kernel<object, { shape: number[]; value: number | string; dtype?: string }>(
  "Fill",
  (inputs, attributes, backend) => {
    const { shape, value, dtype = typeof value === "string" ? "string" : "float32" } = attributes;
    if (dtype !== "float32" || typeof value !== "number") return stockFill(inputs, attributes, backend);
    const y = backend.allocate(shape);
    backend.library.call("mlpconv_fill", util.sizeFromShape(shape), value, backend.floats(y));
    return y;
  },
);

const like = (kernelName: "ZerosLike" | "OnesLike", value: number) => {
  const otherwise = cpuKernel(kernelName);
  return kernel<Record<"x", TensorInfo>, undefined>(kernelName, (inputs, attributes, backend) => {
    const { dtype, shape } = inputs.x;
    if (dtype !== "float32") return otherwise(inputs, attributes, backend);
    const y = backend.allocate(shape);
    backend.library.call("mlpconv_fill", util.sizeFromShape(shape), value, backend.floats(y));
    return y;
  });
};

/** A tensor of another type, by JavaScript's rules: int32 truncated modulo 2^32, bool by whether it is 0. */
const converted = (x: TensorInfo, from: NumberType, to: NumberType, backend: KernelBackend): TensorInfo => {
  if (from === to) return backend.reshaped(x, x.shape);
  const values = backend.numbers(x);
  const y = backend.allocate(x.shape, to);
  backend.library.call(
    "mlpconv_cast",
    numberOf.type[from],
    numberOf.type[to],
    util.sizeFromShape(x.shape),
    values,
    backend.numbers(y),
  );
  return y;
};

const stockCast = cpuKernel("Cast");
const cast = kernel<Record<"x", TensorInfo>, { dtype: DataType }>("Cast", (inputs, attributes, backend) => {
  const { x } = inputs;
  const [from, to] = [x.dtype, attributes.dtype];
  if (!isNumberType(from) || !isNumberType(to)) return stockCast(inputs, attributes, backend);
  return converted(x, from, to, backend);
});

/** The cpu backend's kernel is not used: with a condition for rows it repeats the first values of the tensors. */
const select = kernel<Record<"condition" | "t" | "e", TensorInfo>, undefined>(
  "Select",
  ({ condition, t, e }, _, backend) => {
    const rows = condition.shape.length === 1 && condition.shape[0] === t.shape[0];
    if (!util.arraysEqual(t.shape, e.shape) || !(rows || util.arraysEqual(condition.shape, t.shape))) {
      throw new Error(
        `Select: expected two tensors of one shape and a condition of that shape or of its first size, got [${t.shape}], [${e.shape}] and condition [${condition.shape}]`,
      );
    }
    const type = upcastType(t.dtype, e.dtype);
    if (!isNumberType(type) || !isNumberType(t.dtype) || !isNumberType(e.dtype)) {
      throw new Error(`Select: expected float32, int32 or bool, got ${t.dtype} and ${e.dtype}`);
    }
    const choices = [converted(t, t.dtype, type, backend), converted(e, e.dtype, type, backend)];
    const flags = backend.bytes(condition);
    const [yes, no] = choices.map((each) => backend.numbers(each));
    const y = backend.allocate(t.shape, type);
    const count = util.sizeFromShape(condition.shape);
    if (count > 0) {
      const width = util.sizeFromShape(t.shape) / count;
      const values = backend.numbers(y);
      backend.library.call("mlpconv_select", count, width, numberOf.type[type], flags, yes!, no!, values);
    }
    for (const each of choices) backend.disposeIntermediateTensorInfo(each);
    return y;
  },
);

export const elementwise = [like("ZerosLike", 0), like("OnesLike", 1), fill, cast, select];
