// Groups a model's layers into blocks by name: "2.0", "2.2" and "2.4" are in block 2.
import type { Layer } from "@mlpconv/runs";

export interface Block {
  /** "NiN block" or "VGG block"; absent for a single layer. */
  title?: string;
  layers: Layer[];
}

/** Layers in order, grouped by block. */
export const blocksOf = (layers: readonly Layer[]): Block[] => {
  const groups: { prefix: string; layers: Layer[] }[] = [];
  for (const layer of layers) {
    const prefix = layer.name.split(".")[0]!;
    const last = groups.at(-1);
    if (last?.prefix === prefix) last.layers.push(layer);
    else groups.push({ prefix, layers: [layer] });
  }
  return groups.map(({ layers }) => (layers.length > 1 ? { title: blockTitle(layers), layers } : { layers }));
};

/** The block's name in the book's chapters, from the kinds of its layers. */
const blockTitle = (layers: readonly Layer[]): string => {
  const kernels = layers.flatMap(({ kind, kernel }) => (kind === "Conv2D" ? [kernel] : []));
  if (kernels.length > 1 && kernels.slice(1).every((kernel) => kernel === 1)) return "NiN block";
  const pooled = layers.at(-1)?.kind === "MaxPooling2D";
  if (pooled && kernels.length > 0 && kernels.every((kernel) => kernel === 3)) return "VGG block";
  return "block";
};
