// A table of a model's layers: shapes and costs.

import type { Layer, NetDescription as Net } from "@mlpconv/runs";
import { bytes, count, shape } from "../format.js";
import { layerWords } from "../layer-words.js";
import type { Markup } from "../markup.js";
import { table } from "./table.js";

/** @param run whose net it is */
export const layerTable = ({ name, layers }: Net, run: string): Markup => {
  const total = (column: "parameters" | "multiplyAccumulates" | "activationBytes") =>
    layers.reduce((sum, layer) => sum + layer[column], 0);
  return table(
    `Layers of ${name}, for one image`,
    [
      { heading: "name" },
      { heading: "layer" },
      { heading: "activation" },
      { heading: "output" },
      { heading: "parameters", numeric: true },
      { heading: "multiply-adds", numeric: true },
      { heading: "activations", numeric: true },
    ],
    [
      ...layers.map((layer: Layer) => [
        layer.name,
        layerWords(layer),
        layer.activation ?? "",
        shape(layer.outputShape),
        count(layer.parameters),
        count(layer.multiplyAccumulates),
        bytes(layer.activationBytes),
      ]),
      [
        "all",
        "",
        "",
        "",
        count(total("parameters")),
        count(total("multiplyAccumulates")),
        bytes(total("activationBytes")),
      ],
    ],
    run,
  );
};
