// Short labels of layers and blocks for diagrams, and the colours of layers.

import type { Layer } from "@mlpconv/runs";
import type { Block } from "./blocks.js";
import type { ColourName } from "./themes.js";

/** Label of a layer: "5×5 conv, 256, pad 2". */
export const layerWords = ({ kind, kernel, stride, padding, outputShape, rate }: Layer): string => {
  const window = kernel === undefined ? "" : `${kernel}×${kernel} `;
  const channels = outputShape.at(-1);
  const step = stride !== undefined && stride !== 1 && `stride ${stride}`;
  const words: Record<string, (string | number | false | undefined)[]> = {
    Conv2D: [`${window}conv`, channels, step, padding !== undefined && padding > 0 && `pad ${padding}`],
    MaxPooling2D: [`${window}max pool`, step],
    AveragePooling2D: [`${window}avg pool`, step],
    GlobalAveragePooling2D: ["global avg pool"],
    Dense: ["dense", channels],
    Dropout: [`dropout ${rate ?? ""}`.trim()],
    Flatten: ["flatten"],
  };
  return (words[kind] ?? [kind]).filter((word) => word !== undefined && word !== false).join(", ");
};

/** Label of a block, with what distinguishes it from other blocks: "NiN block, 5×5, 256", "VGG block, 2 convs, 512". */
export const blockWords = ({ title = "block", layers }: Block): string => {
  const convs = layers.filter(({ kind }) => kind === "Conv2D");
  const channels = convs.at(-1)?.outputShape.at(-1);
  const size =
    title === "VGG block"
      ? `${convs.length} ${convs.length === 1 ? "conv" : "convs"}`
      : `${convs[0]?.kernel}×${convs[0]?.kernel}`;
  return [title, convs.length > 0 && size, channels].filter(Boolean).join(", ");
};

/** Colour of a layer. 1x1 convolutions have their own colour, because they are the paper's subject. */
export const layerColour = ({ kind, kernel }: Layer): ColourName => {
  if (kind === "Conv2D") return kernel === 1 ? "series-2" : "series-1";
  if (kind === "Dense") return "series-4";
  return kind.includes("Pooling") ? "series-3" : "series-8";
};
