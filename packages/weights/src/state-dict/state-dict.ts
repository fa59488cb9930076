// A model's weights as PyTorch's `state_dict`: the same keys, shapes and layouts, so that files can be exchanged in both directions.
import { type Parameter, type StateArray, stateArrays, stateCounters } from "@mlpconv/models";
import { tf } from "@mlpconv/tensor";
import type { SafeTensor, TensorType } from "../safetensors/dtypes.js";
import { toFloat32 } from "../safetensors/to-float32.js";
import { keysInFile } from "./keys-in-file.js";
import { StateDictError } from "./state-dict-error.js";

/** A parameter's values in PyTorch's layout. */
export const torchValues = async ({ variable, toTorch }: Parameter): Promise<Float32Array> => {
  const torch = toTorch(variable);
  try {
    return (await torch.data()) as Float32Array;
  } finally {
    torch.dispose();
  }
};

/**
 * The model's weights by their `state_dict` keys, in its order: copies in float32, OIHW and [out, in]. Running statistics are among them, and behind them
 * the counts of batches that PyTorch's modules want, which are 0.
 */
export const stateDict = async (model: tf.LayersModel): Promise<Map<string, SafeTensor<"F32" | "I64">>> => {
  const tensors = new Map<string, SafeTensor<"F32" | "I64">>();
  for (const array of stateArrays(model)) {
    const { key, shape } = array;
    tensors.set(key, { dtype: "F32", shape, data: await torchValues(array) });
  }
  for (const [key, counter] of counters(model)) tensors.set(key, counter);
  return tensors;
};

/** The counts of batches of PyTorch's modules, by their keys. */
export const counters = (model: tf.LayersModel): [string, SafeTensor<"I64">][] =>
  stateCounters(model).map((key) => [key, { dtype: "I64", shape: [], data: new BigInt64Array(1) }]);

/**
 * Sets the model's weights to those of a `state_dict`, in F32, F64, F16 or BF16. Sets all of them, or none on an error. Keys are those of `stateDict`, or
 * torchvision's numbers of a VGG's or a ResNet's modules, also behind a prefix such as `module.`.
 *
 * @throws StateDictError naming every key that is missing, unexpected or of another shape, or two prefixes behind which the weights fit
 */
export const loadStateDict = (model: tf.LayersModel, tensors: ReadonlyMap<string, SafeTensor>): void => {
  for (const { array, key } of matchStateDict(model, tensors)) assign(array, tensors.get(key)!);
};

/** Which weights `loadMatching` set, by their `state_dict` keys. */
export interface MatchedWeights {
  /** Weights that were set from the file. */
  loaded: string[];
  /** Weights that stayed as they were: those of layers that the file does not have whole. */
  fresh: string[];
  /** Why layers of which the file has a part were not set: "11.weight is [10,84] and not [3,84]", "11.bias [3] is missing". */
  misfits: string[];
  /** Weights of the file that the model does not have; counts of batches are none. */
  unused: string[];
}

/**
 * Sets each layer whose weights are all in a `state_dict`, under the keys that `loadStateDict` takes and with the same shapes, for a model whose last
 * layers are for other classes. The other layers stay as they are; none is set in part.
 *
 * @throws StateDictError when no layer fits, weights fit behind two prefixes, or a layer without weights in the file is frozen (`trainable = false`) and would never learn
 */
export const loadMatching = (
  model: tf.LayersModel,
  tensors: ReadonlyMap<string, SafeTensor>,
): MatchedWeights => {
  const own = stateArrays(model);
  const inFile = keysInFile(own, tensors, "loadMatching");
  const misfit = new Set(
    own.flatMap(({ key, shape, layer }) => (fits(shape, tensors.get(inFile(key))) ? [] : [layer])),
  );
  const fitting = own.filter(({ layer }) => !misfit.has(layer));
  if (fitting.length === 0)
    throw new StateDictError(
      `loadMatching: expected floating-point weights of ${model.name}, such as ${own[0]!.key} [${own[0]!.shape}], got ${listed("others:", shown(tensors)) || "none"}; ` +
        "build the net that the weights were trained with, only its classes may differ; torchvision's weights fit resnet18, resnet34 and the VGGs (with ratio 1, and batchNorm for those of vgg11_bn and its like)",
    );
  const inPart = new Set(own.flatMap(({ key, layer }) => (tensors.has(inFile(key)) ? [layer] : [])));
  const misfits = own
    .filter(({ layer }) => inPart.has(layer))
    .map(({ key, shape }) => ({ key: inFile(key), shape }))
    .flatMap((array) =>
      tensors.has(array.key) ? different(array, tensors) : `${shownShape(array)} is missing`,
    );
  const frozen = [...misfit].filter(({ trainable }) => !trainable).map(({ name }) => name);
  if (frozen.length > 0)
    throw new StateDictError(
      `loadMatching: expected weights for each frozen layer of ${model.name}, got none that fit ${frozen.join(", ")}${misfits.length > 0 ? ` (${listed("", misfits)})` : ""}; ` +
        "a layer that begins anew has to learn: do not freeze it",
    );
  for (const array of fitting) assign(array, tensors.get(inFile(array.key))!);
  const keys = [...own.map(({ key }) => key), ...stateCounters(model)].map(inFile);
  return {
    loaded: fitting.map(({ key }) => key),
    fresh: own.flatMap(({ key, layer }) => (misfit.has(layer) ? [key] : [])),
    misfits,
    unused: [...tensors].flatMap(([key, type]) => (keys.includes(key) || isCounter(type) ? [] : [key])),
  };
};

/** Those that could be weights, if there are any. */
const shown = (tensors: ReadonlyMap<string, TensorType>): string[] => {
  const all = [...tensors];
  const floating = all.filter(([, { dtype }]) => floats.has(dtype));
  const words = ([key, { dtype, shape }]: [string, TensorType]) => `${key} ${dtype} [${shape}]`;
  return (floating.length > 0 ? floating : all).map(words);
};

type Named = Pick<Parameter, "key" | "shape">;

const shownShape = ({ key, shape }: Named): string => `${key} [${shape}]`;

/** What the `state_dict` has under the array's key, where that does not fit. */
const different = ({ key, shape }: Named, tensors: ReadonlyMap<string, TensorType>): string[] => {
  const found = tensors.get(key);
  if (!found || fits(shape, found)) return [];
  const [is, not] = floats.has(found.dtype) ? ["", ""] : [`${found.dtype} `, "F32 "];
  return [`${key} is ${is}[${found.shape}] and not ${not}[${shape}]`];
};

const fits = (shape: readonly number[], found: TensorType | undefined): boolean =>
  found !== undefined && `${found.shape}` === `${shape}` && floats.has(found.dtype);

/** Sets one parameter that `matchStateDict` has matched. */
export const assign = ({ variable, fromTorch, shape }: Parameter, tensor: SafeTensor): void =>
  tf.tidy(() => {
    variable.assign(fromTorch(tf.tensor(toFloat32(tensor), shape, "float32")));
  });

const isCounter = ({ dtype, shape }: TensorType): boolean => dtype === "I64" && shape.length === 0;

const floats = new Set(["F64", "F32", "F16", "BF16"]);

/**
 * The model's arrays and the keys that `tensors` has them under, after checking that it holds each with its shape and nothing else.
 *
 * @throws StateDictError naming every key that is missing, unexpected, of another shape or of no floating dtype, or two prefixes behind which the weights fit
 */
export const matchStateDict = (
  model: tf.LayersModel,
  tensors: ReadonlyMap<string, TensorType>,
): { array: StateArray; key: string }[] => {
  const arrays = stateArrays(model);
  const inFile = keysInFile(arrays, tensors, "loadStateDict");
  const own = arrays.map((array) => ({ array, key: inFile(array.key), shape: array.shape }));
  const keys = new Set([...own.map(({ key }) => key), ...stateCounters(model).map(inFile)]);
  const missing = own.filter(({ key }) => !tensors.has(key)).map(shownShape);
  const unexpected = [...tensors]
    .filter(([key]) => !keys.has(key))
    .map(([key, { shape }]) => `${key} [${shape}]`);
  const wrong = [
    listed("missing", missing),
    listed("unexpected", unexpected),
    listed(
      "different",
      own.flatMap((array) => different(array, tensors)),
    ),
  ].filter((text) => text !== "");
  if (wrong.length === 0) return own;
  throw new StateDictError(
    `loadStateDict: expected the ${own.length} weights of ${model.name}, got others: ${wrong.join("; ")}. ` +
      "Build the net, the classes and the image size that the weights were trained with",
  );
};

const listed = (what: string, items: string[]): string => {
  if (items.length === 0) return "";
  const more = items.length > 6 ? ` and ${items.length - 6} more` : "";
  return `${what} ${items.slice(0, 6).join(", ")}${more}`.trimStart();
};
