// The types that stock kernels take on trust. They read and write 4 bytes a value where a bool has 1, which gives what lies behind a
// tensor and overwrites it, and several read the bits of an int32 as those of a float32. Each call is given numbers of the right type, or refused.
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import {
  type DataType,
  getKernelsForBackend,
  type KernelConfig,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
  upcastType,
  util,
} from "@tensorflow/tfjs-core";
import { dispose } from "../heap.js";
import { stock } from "../kernel.js";

type Inputs = Record<string, TensorInfo | undefined>;

const names = (list: string) => new Set(list.split(/\s+/).filter(Boolean));

/** Kernels that are right for bool: they look at no values, or have code for that type. */
const takesBool = names(`
  Add AddN All Any ArgMax ArgMin BatchToSpaceND BroadcastArgs Cast Concat Equal ExpandDims Fill GatherNd GatherV2 Greater GreaterEqual
  Identity Less LessEqual LogicalAnd LogicalNot LogicalOr LogicalXor Max Maximum Mean Min Minimum Multiply NotEqual OnesLike Pack PadV2
  Pow Prod RealDiv Reshape Slice SpaceToBatchND SplitV SquaredDifference Sub Sum Tile Transpose Unpack ZerosLike
`);

/** Kernels that move values: a bool travels as an int32, and an int32 under the name of float32, with its bits as they are. */
const moves = names("Reverse Select StridedSlice");

/** Kernels that compute with float32 alone, and whose result is one, or a bool. */
const computesFloats = names(`
  Acos Acosh Asin Asinh Atan Atan2 Atanh Ceil Cos Cosh Elu Erf Exp Expm1 Floor IsFinite IsInf IsNan LeakyRelu Log Log1p Prelu
  Reciprocal Rsqrt Selu Sigmoid Sin Sinh Softmax Softplus Sqrt Tan Tanh
`);

/** Those whose result has the type of their input. */
const keepsType = names("ClipByValue ResizeNearestNeighbor");

const cast = stock("Cast");
const notEqual = stock("NotEqual");
const fill = stock("Fill");

/** A copy as another type; the caller disposes of it. A value is true unless it is 0: the stock kernel keeps the lowest 8 bits. */
const converted = (backend: BackendWasm, x: TensorInfo, dtype: DataType): TensorInfo => {
  if (dtype !== "bool" || x.dtype === "bool") return cast({ x }, { dtype }, backend);
  const zero = fill({}, { shape: [], value: 0, dtype: x.dtype }, backend);
  const result = notEqual({ a: x, b: zero }, {}, backend);
  dispose(backend, zero);
  return result;
};

/** Calls `body` with the inputs whose type `typeOf` changes as copies of that type. */
const withTypes = <T>(
  backend: BackendWasm,
  inputs: Inputs,
  typeOf: (dtype: DataType, name: string) => DataType,
  body: (inputs: Inputs) => T,
): T => {
  const copies: TensorInfo[] = [];
  try {
    const entries = Object.entries(inputs).map(([name, x]) => {
      const dtype = x && typeOf(x.dtype, name);
      if (!x || dtype === x.dtype) return [name, x] as const;
      const copy = converted(backend, x, dtype!);
      copies.push(copy);
      return [name, copy] as const;
    });
    return body(Object.fromEntries(entries));
  } finally {
    dispose(backend, ...copies);
  }
};

type Call = (inputs: Inputs) => TensorInfo;

/** A result as another type, in place of it. */
const replaced = (backend: BackendWasm, y: TensorInfo, dtype: DataType): TensorInfo => {
  const result = converted(backend, y, dtype);
  dispose(backend, y);
  return result;
};

/** Gives a tensor's bits another name: the backend reads them as what its own record says. */
const renamed = (backend: BackendWasm, y: TensorInfo, dtype: DataType): TensorInfo => {
  backend.dataIdMap.get(y.dataId).dtype = dtype;
  return { ...y, dtype };
};

/** The condition of a Select is of bool as it is. */
const isCondition = (name: string) => name === "condition";

const move = (backend: BackendWasm, inputs: Inputs, call: Call): TensorInfo => {
  const values = Object.entries(inputs).filter(([name]) => !isCondition(name));
  const dtype = values.map(([, x]) => x!.dtype).reduce(upcastType);
  const wide = dtype === "bool" ? "int32" : dtype;
  const y = withTypes(backend, inputs, (own, name) => (isCondition(name) ? own : wide), call);
  const moved = y.dtype === wide ? y : renamed(backend, y, wide);
  return dtype === "bool" ? replaced(backend, moved, "bool") : moved;
};

/** @throws Error when PReLU's alpha has more axes or values than x, which the stock kernel would make the result's shape of */
const checkAlpha = ({ x, alpha }: Inputs): void => {
  const own = x!.shape.slice(x!.shape.length - alpha!.shape.length);
  const fits =
    alpha!.shape.length <= x!.shape.length && alpha!.shape.every((size, i) => size === 1 || size === own[i]);
  if (fits) return;
  throw new Error(
    `Prelu: expected alpha of the shape of x [${x!.shape}] or one that repeats to it, got [${alpha!.shape}]`,
  );
};

const checked = (config: KernelConfig): KernelConfig => ({
  ...config,
  kernelFunc: (call) => {
    const { kernelName, kernelFunc } = config;
    const inputs = call.inputs as Inputs;
    const backend = call.backend as BackendWasm;
    const run: Call = (inputs) => kernelFunc({ ...call, inputs: inputs as typeof call.inputs }) as TensorInfo;
    const types = new Set(Object.values(inputs).map((x) => x?.dtype));
    if (kernelName === "Prelu") {
      checkAlpha(inputs);
      if (util.sizeFromShape(inputs.x!.shape) === 0) return converted(backend, inputs.x!, "float32");
    }
    if (kernelName === "Cast" && call.attrs?.dtype === "bool" && inputs.x!.dtype !== "bool")
      return converted(backend, inputs.x!, "bool");
    if (!types.has("bool") && !types.has("int32")) return kernelFunc(call);
    if (moves.has(kernelName)) return move(backend, inputs, run);
    if (computesFloats.has(kernelName)) return withTypes(backend, inputs, () => "float32", run);
    if (keepsType.has(kernelName)) {
      const y = withTypes(backend, inputs, () => "float32", run);
      return replaced(backend, y, inputs[Object.keys(inputs)[0]!]!.dtype);
    }
    if (types.has("bool") && !takesBool.has(kernelName)) {
      throw new Error(
        `${kernelName} on wasm: expected float32 or int32, got bool; convert it with tf.cast(x, "int32")`,
      );
    }
    return kernelFunc(call);
  },
});

/** Puts the types of all registered kernels of the backend in order. To be called once, after the last one is registered. */
export const checkNumberTypes = (backendName: string): void => {
  for (const config of getKernelsForBackend(backendName)) {
    unregisterKernel(config.kernelName, backendName);
    registerKernel(checked(config));
  }
};
