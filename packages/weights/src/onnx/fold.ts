// Batch normalisation folded into the convolution before it: after training it multiplies and shifts each channel by constants.
import type { WiredLayer } from "@mlpconv/layers";
import type { StateArray } from "@mlpconv/models";
import type { tf } from "@mlpconv/tensor";
import { torchValues } from "../state-dict/state-dict.js";

/** Weights of the graph, computed when they are written. */
export interface Initializer {
  key: string;
  /** In PyTorch's layout. */
  shape: number[];
  values(): Promise<Float32Array>;
}

type Layer = tf.layers.Layer;

/** The convolutions without activation that only a batch normalisation reads, with it. */
export const foldable = (layers: readonly WiredLayer[]): Map<Layer, Layer> => {
  const readers = (layer: Layer) => layers.filter(({ inputs }) => inputs.includes(layer));
  return new Map(
    layers.flatMap(({ layer, inputs: [input] }): [Layer, Layer][] =>
      layer.getClassName() === "BatchNormalization" &&
      input?.getClassName() === "Conv2D" &&
      input.getConfig().activation === "linear" &&
      readers(input).length === 1
        ? [[input, layer]]
        : [],
    ),
  );
};

/** The arrays of a model; those of folded layers are one filter and one bias. */
export const initializersOf = (
  arrays: readonly StateArray[],
  folded: ReadonlyMap<Layer, Layer>,
): Initializer[] => {
  const known = new Map(arrays.map((array) => [array.key, array]));
  const gone = new Set([...folded.values()].map(({ name }) => name));
  const byName = new Map([...folded].map(([convolution, norm]) => [convolution.name, norm]));
  const layerOf = (key: string) => key.slice(0, key.lastIndexOf("."));
  return arrays.flatMap((array): Initializer[] => {
    const { key, shape } = array;
    const name = layerOf(key);
    if (gone.has(name)) return [];
    const norm = byName.get(name);
    if (!norm) return [{ key, shape, values: () => torchValues(array) }];
    // The bias comes with the filter, whether the convolution has one or not.
    if (!key.endsWith(".weight")) return [];
    const constants = async () => {
      const read = async (of: string) => {
        const found = known.get(of);
        return found && torchValues(found);
      };
      const [scale, offset, mean, variance] = await Promise.all(
        ["weight", "bias", "running_mean", "running_var"].map((each) => read(`${norm.name}.${each}`)),
      );
      const { epsilon } = norm.getConfig() as { epsilon: number };
      const factors = variance!.map((value, i) => (scale?.[i] ?? 1) / Math.sqrt(value + epsilon));
      return { factors, offset, mean: mean! };
    };
    return [
      {
        key,
        shape,
        values: async () => {
          const [{ factors }, filter] = await Promise.all([constants(), torchValues(array)]);
          const each = filter.length / shape[0]!;
          return filter.map((value, i) => value * factors[Math.floor(i / each)]!);
        },
      },
      {
        key: `${name}.bias`,
        shape: [shape[0]!],
        values: async () => {
          const own = known.get(`${name}.bias`);
          const [{ factors, offset, mean }, bias] = await Promise.all([constants(), own && torchValues(own)]);
          return factors.map((factor, i) => (offset?.[i] ?? 0) + ((bias?.[i] ?? 0) - mean[i]!) * factor);
        },
      },
    ];
  });
};
