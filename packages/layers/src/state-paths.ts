// The names PyTorch would give: the index in its nn.Sequential, where a ReLU, unlike here, counts as a module of its own.
import type { Layer } from "./builtin.js";

/**
 * Each layer with the path that its PyTorch twin has in `state_dict`: "3" for a layer, "2.0", "2.2", "2.4" within a block of several.
 * A ZeroPadding2D is part of the convolution after it and is called, say, "0.pad".
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

/** How many PyTorch modules a layer stands for. */
const modules = (layer: Layer): number => {
  switch (layer.getClassName()) {
    case "ZeroPadding2D":
      return 0;
    case "GlobalAveragePooling2D": // AdaptiveAvgPool2d, Flatten
      return 2;
    case "Conv2D":
    case "Dense":
      return layer.getConfig().activation === "linear" ? 1 : 2;
    default:
      return 1;
  }
};
