// Layer names as in PyTorch: the index in its nn.Sequential, where a ReLU is a module of its own (here it is part of a layer), or the name in a module.
import { BatchNormalization, FollowingRelu } from "./batch-norm.js";
import type { Layer } from "./builtin.js";
import { isLayer, Joined, type Part } from "./joined.js";
import { layerKind } from "./kinds.js";

/** A layer with the path of its PyTorch counterpart. */
export interface Placed {
  path: string;
  layer: Layer;
  /** Branches whose outputs the layer joins; absent for a layer that reads the one before it. */
  branches?: readonly (readonly Placed[])[];
}

/**
 * Each layer with its path in `state_dict`: "3" for a layer, "2.0", "2.2", "2.4" within a block, "layer1.0.conv1" in parts that have names. A
 * ZeroPadding2D belongs to the layer after it and is named, for example, "0.pad", a ReLU behind batch normalisation to that: "1.relu".
 */
export const statePaths = (parts: readonly Part[] | { readonly [name: string]: Part }): Placed[] =>
  Array.isArray(parts) ? listed(parts as readonly Part[], "") : members(parts as Members, "");

type Members = Readonly<Record<string, Part>>;

const under = (path: string, name: string | number): string =>
  path === "" || name === "" ? `${path}${name}` : `${path}.${name}`;

const members = (parts: Members, path: string): Placed[] =>
  Object.entries(parts).flatMap(([name, part]) => placed(part, under(path, name)));

/** A part whose module has this path. */
const placed = (part: Part, path: string): Placed[] => {
  if (part instanceof Joined) return joined(part, path);
  if (isLayer(part)) return [{ path, layer: part }];
  if (!Array.isArray(part)) return members(part as Members, path);
  return isBlock(part) ? block(part, path, isNested(part)) : listed(part, path);
};

const joined = ({ branches, join, after }: Joined, path: string): Placed[] => {
  const [name, layer] = join;
  const inside = branches.map(([branch, part]) => placed(part, under(path, branch)));
  return [
    { path: under(path, name), layer, branches: inside },
    ...(after ? [{ path: under(path, after[0]), layer: after[1] }] : []),
  ];
};

/** Parts one behind the other, as in an nn.Sequential of this path. */
const listed = (parts: readonly Part[], path: string): Placed[] => {
  let index = 0;
  return parts.flatMap((part) => {
    const layers = isLayer(part) ? [part] : part;
    const at = under(path, index);
    if (!isBlock(layers)) {
      index++;
      return placed(part, at);
    }
    const nested = isNested(layers);
    index += nested ? 1 : layers.reduce((sum, layer) => sum + modules(layer), 0);
    return block(layers, at, nested);
  });
};

/** Layers one behind the other: each with an index within the block if it is nested. */
const block = (layers: readonly Layer[], path: string, nested: boolean): Placed[] => {
  let within = 0;
  let before = path;
  return layers.map((layer) => {
    const count = modules(layer);
    const own = nested ? under(path, within) : path;
    within += count;
    if (layer instanceof FollowingRelu) return { path: `${before}.relu`, layer };
    before = own;
    return { path: count === 0 ? `${own}.pad` : own, layer };
  });
};

const isBlock = (part: Part): part is readonly Layer[] =>
  Array.isArray(part) && (part as readonly Part[]).every(isLayer);

const isNested = (layers: readonly Layer[]): boolean =>
  layers.filter((layer) => modules(layer) > 0).length > 1;

/** Number of PyTorch modules that correspond to a layer. */
const modules = (layer: Layer): number => {
  if (layer instanceof FollowingRelu) return 0;
  const { modules, activationModule } = layerKind(layer.getClassName());
  const hasActivation =
    layer instanceof BatchNormalization
      ? layer.inTraining === "relu"
      : activationModule && layer.getConfig().activation !== "linear";
  return modules.length + (hasActivation ? 1 : 0);
};
