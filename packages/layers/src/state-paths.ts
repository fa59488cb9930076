// Layer names as in PyTorch: the index in its nn.Sequential, where a ReLU is a module of its own (here it is part of a layer).
import type { Layer } from "./builtin.js";
import { layerKind } from "./kinds.js";

/**
 * Each layer with the path of its PyTorch counterpart in `state_dict`: "3" for a layer, "2.0", "2.2", "2.4" within a block.
 * A ZeroPadding2D belongs to the convolution after it and is named, for example, "0.pad".
 */
export const statePaths = (blocks: readonly (readonly Layer[])[]): [path: string, layer: Layer][] => {
  const paths: [string, Layer][] = [];
  let index = 0;
  for (const block of blocks) {
    const nested = block.filter((layer) => modules(layer) > 0).length > 1;
    let within = 0;
    for (const layer of block) {
      const path = nested ? `${index}.${within}` : `${index + within}`;
      paths.push([modules(layer) === 0 ? `${path}.pad` : path, layer]);
      within += modules(layer);
    }
    index += nested ? 1 : within;
  }
  return paths;
};

/** Number of PyTorch modules that correspond to a layer. */
const modules = (layer: Layer): number => {
  const { modules, activationModule } = layerKind(layer.getClassName());
  return modules.length + (activationModule && layer.getConfig().activation !== "linear" ? 1 : 0);
};
