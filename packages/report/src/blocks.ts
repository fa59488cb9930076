// Groups a model's layers into blocks by name: "2.0", "2.2" and "2.4" are in block 2.
import type { Layer } from "@mlpconv/runs";
import { isBranches, layersOf, type Part, structure } from "./structure.js";

export interface Block {
  /** "NiN block" or "VGG block"; absent for a single layer. */
  title?: string;
  /** Its layers in order, those of branches too. */
  layers: Layer[];
  /** The same with the branches as such. */
  parts: Part[];
}

/** Layers in order, grouped by block. */
export const blocksOf = (layers: readonly Layer[]): Block[] => {
  const groups: { prefix: string; parts: Part[] }[] = [];
  for (const part of structure(layers)) {
    const prefix = (isBranches(part) ? part.join : part).name.split(".")[0]!;
    const last = groups.at(-1);
    if (last?.prefix === prefix) last.parts.push(part);
    else groups.push({ prefix, parts: [part] });
  }
  return groups.flatMap(({ parts }): Block[] => {
    const inside = parts.flatMap(layersOf);
    // A normalisation with its ReLU is no block.
    const isBlock = inside.length > 1 && (parts.some(isBranches) || !isNormalisation(inside));
    if (isBlock) return [{ title: blockTitle(inside, parts), layers: inside, parts }];
    return inside.map((layer) => ({ layers: [layer], parts: [layer] }));
  });
};

const isNormalisation = (layers: readonly Layer[]): boolean =>
  layers[0]!.kind === "BatchNormalization" && layers.slice(1).every(({ kind }) => kind === "Activation");

/** The block's name in the book's chapters, from the kinds of its layers. */
const blockTitle = (layers: readonly Layer[], parts: readonly Part[]): string => {
  const joins = parts.filter(isBranches);
  if (joins.length > 0) {
    const isSum = joins.every(({ join }) => join.kind === "Add");
    const [one, some] = isSum
      ? ["residual block", "residual blocks"]
      : ["block of branches", "blocks of branches"];
    return joins.length === 1 ? one : `${joins.length} ${some}`;
  }
  const kernels = layers.flatMap(({ kind, kernel }) => (kind === "Conv2D" ? [kernel] : []));
  if (kernels.length > 1 && kernels.slice(1).every((kernel) => kernel === 1)) return "NiN block";
  const pooled = layers.at(-1)?.kind === "MaxPooling2D";
  if (pooled && kernels.length > 0 && kernels.every((kernel) => kernel === 3)) return "VGG block";
  return "block";
};
