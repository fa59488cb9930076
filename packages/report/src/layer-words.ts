// Short labels of layers and blocks for diagrams, and the colours of layers.

import { type LayerKind, layerKind } from "@mlpconv/layers/kinds";
import type { Layer } from "@mlpconv/runs";
import type { Block } from "./blocks.js";
import { isBranches } from "./structure.js";
import type { ColourName } from "./themes.js";

/** Label of a layer: "5×5 conv, 256, pad 2". */
export const layerWords = (layer: Layer): string =>
  (layerKind(layer.kind).words?.(layer) ?? [layer.kind])
    .filter((word) => word !== undefined && word !== false)
    .join(", ");

/** Label of a block, with what distinguishes it from other blocks: "NiN block, 5×5, 256", "VGG block, 2 convs, 512". */
export const blockWords = ({ title = "block", layers, parts }: Block): string => {
  if (parts.some(isBranches)) return `${title}, ${layers.at(-1)!.outputShape.at(-1)}`;
  const convs = layers.filter(({ kind }) => kind === "Conv2D");
  const channels = convs.at(-1)?.outputShape.at(-1);
  const size =
    title === "VGG block"
      ? `${convs.length} ${convs.length === 1 ? "conv" : "convs"}`
      : `${convs[0]?.kernel}×${convs[0]?.kernel}`;
  return [title, convs.length > 0 && size, channels].filter(Boolean).join(", ");
};

const colours: Record<LayerKind["family"], ColourName> = {
  convolution: "series-1",
  pooling: "series-3",
  dense: "series-4",
  other: "series-8",
};

/** Colour of a layer. 1x1 convolutions have their own colour, because they are the paper's subject. */
export const layerColour = ({ kind, kernel }: Layer): ColourName => {
  const { family } = layerKind(kind);
  return family === "convolution" && kernel === 1 ? "series-2" : colours[family];
};
