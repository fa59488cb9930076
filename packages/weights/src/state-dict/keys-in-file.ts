// Names of layers in other programs' files: all behind one prefix, or torchvision's of VGG's layers, which are numbered through where the net here has
// blocks: its `features.4` is `1.0`.
import type { StateArray } from "@mlpconv/models";
import type { TensorType } from "../safetensors/dtypes.js";

const numbered = /^(features|classifier)\.(\d+)\.\w+$/;

/**
 * Finds the key in a file for each key of a model: the same; or the same behind a prefix that all keys of the file have, such as `module.` of PyTorch's
 * `DataParallel`; or where the file numbers its layers as torchvision's VGGs do, that of the layer in the same place. Only the first convolution and the
 * dense layers may have other shapes then, because those depend on images and classes.
 */
export const keysInFile = (
  own: readonly Pick<StateArray, "key" | "shape">[],
  tensors: ReadonlyMap<string, TensorType>,
): ((key: string) => string) => {
  const prefix = prefixOf(own, [...tensors.keys()]);
  const same = (key: string) => `${prefix}${key}`;
  if (![...tensors.keys()].every((key) => numbered.test(key))) return same;
  const layers = layersOf(own.map(({ key }) => key));
  const theirs = layersOf([...tensors.keys()]).sort(byPlace);
  if (layers.length !== theirs.length) return same;
  const names = new Map(layers.map((layer, i) => [layer, theirs[i]!]));
  const inFile = (key: string) => `${names.get(layerOf(key))}${key.slice(layerOf(key).length)}`;
  const isOther = own.some(({ key, shape }) => {
    const name = inFile(key);
    return (
      name.startsWith("features.") &&
      layerOf(key) !== layers[0] &&
      `${tensors.get(name)?.shape}` !== `${shape}`
    );
  });
  return isOther ? same : inFile;
};

/** What stands before the model's first key in the file, if before all keys there; else nothing. */
const prefixOf = ([first]: readonly Pick<StateArray, "key">[], keys: readonly string[]): string => {
  const end = `.${first!.key}`;
  const [shortest = first!.key] = keys.filter((key) => key.endsWith(end)).sort((a, b) => a.length - b.length);
  const prefix = shortest.slice(0, -first!.key.length);
  return keys.every((key) => key.startsWith(prefix)) ? prefix : "";
};

const layerOf = (key: string): string => key.slice(0, key.lastIndexOf("."));
const layersOf = (keys: readonly string[]): string[] => [...new Set(keys.map(layerOf))];

/** Features are before the classifier, and both in the order of their numbers. */
const byPlace = (a: string, b: string): number =>
  Number(a.startsWith("classifier")) - Number(b.startsWith("classifier")) || numberOf(a) - numberOf(b);
const numberOf = (layer: string): number => Number(layer.slice(layer.lastIndexOf(".") + 1));
