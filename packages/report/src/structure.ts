// The layers of a net as a chain of layers and of branches that are joined again.
import type { Layer } from "@mlpconv/runs";

/** Branches that read the same values, and the layer that joins them. An empty branch is what they read itself. */
export interface Branches {
  branches: readonly (readonly Part[])[];
  join: Layer;
}

/** A layer, or branches. */
export type Part = Layer | Branches;

export const isBranches = (part: Part): part is Branches => "branches" in part;

/** The net from its image to its last layer. Branches begin behind the last part that all of them have come through. */
export const structure = (layers: readonly Layer[]): Part[] => {
  /** All that a layer's output has come through, by its name. */
  const through = new Map<string, readonly Part[]>();
  let before: readonly Part[] = [];
  for (const layer of layers) {
    const [first = [], ...others] = layer.inputs?.map((name) => through.get(name) ?? []) ?? [before];
    if (others.length === 0) before = [...first, layer];
    else {
      const all = [first, ...others];
      const fork = first.findIndex((part, i) => others.some((other) => other[i] !== part));
      const shared = fork < 0 ? first.length : fork;
      const branches = all.map((parts) => parts.slice(shared));
      before = [...first.slice(0, shared), { branches, join: layer }];
    }
    through.set(layer.name, before);
  }
  return [...before];
};

/** The layers of a part, in order. */
export const layersOf = (part: Part): Layer[] =>
  isBranches(part) ? [...part.branches.flat().flatMap(layersOf), part.join] : [part];
