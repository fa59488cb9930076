// Names of layers in other programs' files: behind a prefix, such as `module.` of PyTorch's `DataParallel` or `backbone.` of a larger module; or
// torchvision's numbers, as VGG's layers have them and the children of a ResNet in an `nn.Sequential`; or both. A file may have features alone.
import type { StateArray } from "@mlpconv/models";
import type { TensorType } from "../safetensors/dtypes.js";
import { StateDictError } from "./state-dict-error.js";

type Own = readonly Pick<StateArray, "key" | "shape">[];
type Tensors = ReadonlyMap<string, TensorType>;
/** The key in a file for each key of a model. */
type KeyInFile = (key: string) => string;

/**
 * Finds the key in a file for each key of a model: the prefix and the naming under which most of its layers are found with their shapes. A prefix that
 * not all keys have, and other names than the model's, must find at least half of them.
 *
 * @param where caller, for the error
 * @throws StateDictError when as many layers are found behind two prefixes, and fewer without one
 */
export const keysInFile = (own: Own, tensors: Tensors, where: string): KeyInFile => {
  const keys = [...tensors.keys()];
  const same: KeyInFile = (key) => key;
  const common = commonPrefix(own, keys);
  const usual: KeyInFile = (key) => `${common}${key}`;
  let best = { prefix: common, keyOf: usual, layers: fittingLayers(own, tensors, usual) };
  let rival: string | undefined;
  const enough = layersOf(own.map(({ key }) => key)).length / 2;
  for (const [prefix, inner] of behindPrefixes(keys)) {
    if (inner.length < enough) continue;
    for (const names of [same, vggNames(own, inner), resnetNames(own, inner)]) {
      if (!names || (prefix === common && names === same)) continue;
      const keyOf: KeyInFile = (key) => `${prefix}${names(key)}`;
      const layers = fittingLayers(own, tensors, keyOf);
      if (layers < enough || (names !== same && !hasFeatures(own, tensors, keyOf))) continue;
      if (layers === best.layers && isElsewhere(own, tensors, keyOf, best.keyOf)) rival = prefix;
      if (layers <= best.layers) continue;
      best = { prefix, keyOf, layers };
      rival = undefined;
    }
  }
  // Beside the net itself a file may have a copy, such as averaged weights behind "ema.".
  if (rival !== undefined && best.prefix !== "")
    throw new StateDictError(
      `${where}: expected the weights of one net, got weights that fit behind both "${best.prefix}" and "${rival}"; leave one of them in the file`,
    );
  return best.keyOf;
};

/** What stands before the model's first key in the file, if before all keys there; else nothing. */
const commonPrefix = ([first]: Own, keys: readonly string[]): string => {
  const end = `.${first!.key}`;
  const [shortest = first!.key] = keys.filter((key) => key.endsWith(end)).sort((a, b) => a.length - b.length);
  const prefix = shortest.slice(0, -first!.key.length);
  return keys.every((key) => key.startsWith(prefix)) ? prefix : "";
};

/** Every beginning of a key that ends in a point, and none, with what stands behind it in the keys that have it; shorter ones first. */
const behindPrefixes = (keys: readonly string[]): [prefix: string, inner: string[]][] => {
  const behind = new Map<string, string[]>([["", [...keys]]]);
  for (const key of keys)
    for (const { index } of key.matchAll(/\./g)) {
      const prefix = key.slice(0, index + 1);
      const inner = behind.get(prefix) ?? [];
      if (inner.push(key.slice(index + 1)) === 1) behind.set(prefix, inner);
    }
  return [...behind].sort(([a], [b]) => a.length - b.length);
};

const fits = (shape: readonly number[], found: TensorType | undefined): boolean =>
  found !== undefined && `${found.shape}` === `${shape}`;

/** How many of the model's layers the file has whole and in their shapes. */
const fittingLayers = (own: Own, tensors: Tensors, keyOf: KeyInFile): number => {
  const misfit = new Set(
    own.filter(({ key, shape }) => !fits(shape, tensors.get(keyOf(key)))).map(({ key }) => layerOf(key)),
  );
  return layersOf(own.map(({ key }) => key)).filter((layer) => !misfit.has(layer)).length;
};

/** Whether two ways of naming find an array of the model in two places of the file. */
const isElsewhere = (own: Own, tensors: Tensors, one: KeyInFile, other: KeyInFile): boolean =>
  own.some(({ key }) => one(key) !== other(key) && tensors.has(one(key)) && tensors.has(other(key)));

/** Whether all layers fit but the first one and the dense ones, which depend on images and classes. */
const hasFeatures = (own: Own, tensors: Tensors, keyOf: KeyInFile): boolean => {
  const others = new Set([layerOf(own[0]!.key), ...denseLayers(own)]);
  return own.every(({ key, shape }) => others.has(layerOf(key)) || fits(shape, tensors.get(keyOf(key))));
};

/**
 * Numbers that torchvision's VGGs have where the net here has blocks: its `features.4` is `1.0`, its `classifier.0` the first dense layer. A file of
 * `vgg.features` alone has the numbers without a word.
 */
const vggNames = (own: Own, keys: readonly string[]): KeyInFile | undefined => {
  const dense = denseLayers(own);
  const features = layersOf(own.map(({ key }) => key)).filter((layer) => !dense.includes(layer));
  const numbered = (pattern: RegExp) => layersOf(keys.filter((key) => pattern.test(key))).sort(byNumber);
  const named = numbered(/^features\.\d+\.\w+$/);
  const theirs = named.length > 0 ? named : numbered(/^\d+\.\w+$/);
  if (theirs.length !== features.length) return undefined;
  const classifier = numbered(/^classifier\.\d+\.\w+$/);
  const names = new Map([
    ...features.map((layer, i) => [layer, theirs[i]!] as const),
    ...dense.map((layer, i) => [layer, classifier[i] ?? `classifier.${layer}`] as const),
  ]);
  return (key) => `${names.get(layerOf(key)) ?? layerOf(key)}${key.slice(layerOf(key).length)}`;
};

/** Numbers in place of the names of the outermost modules: `0` for `conv1`, `4.0.conv1` for `layer1.0.conv1`. */
const resnetNames = (own: Own, keys: readonly string[]): KeyInFile | undefined => {
  const outermost = (all: readonly string[]) => [...new Set(all.map((key) => key.split(".", 1)[0]!))];
  const modules = outermost(own.map(({ key }) => key));
  const numbers = outermost(keys)
    .filter((name) => /^\d+$/.test(name))
    .sort(byNumber);
  if (modules.some((name) => /^\d/.test(name)) || numbers.length < modules.length - 1) return undefined;
  const names = new Map(modules.map((name, i) => [name, numbers[i] ?? name]));
  return (key) => {
    const [module = ""] = key.split(".", 1);
    return `${names.get(module) ?? module}${key.slice(module.length)}`;
  };
};

const layerOf = (key: string): string => key.slice(0, key.lastIndexOf("."));
const layersOf = (keys: readonly string[]): string[] => [...new Set(keys.map(layerOf))];

/** The dense layers, whose weights are matrices. */
const denseLayers = (own: Own): string[] =>
  layersOf(own.filter(({ shape }) => shape.length === 2).map(({ key }) => key));

const numberOf = (layer: string): number => Number(layer.slice(layer.lastIndexOf(".") + 1));
const byNumber = (a: string, b: string): number => numberOf(a) - numberOf(b);
