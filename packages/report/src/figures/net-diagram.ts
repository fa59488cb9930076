// A net from its image to its logits, a box a layer, with the shape that comes out and the parameters in it.

import type { Layer, NetDescription as Net } from "@mlpconv/runs";
import { blocksOf } from "../blocks.js";
import { count, shape } from "../format.js";
import { layerColour, layerWords } from "../layer-words.js";
import { figure } from "./figure.js";
import { type Box, type StackItem, stack } from "./stack.js";

const boxWidth = 220;
const margin = 16;

/** A net as SVG: a box a layer with its output shape and parameters, blocks framed. */
export const netDiagram = (net: Net): string => {
  const parameters = net.layers.reduce((sum, layer) => sum + layer.parameters, 0);
  const items: StackItem[] = [
    { label: `image, ${shape(net.inputShape)}`, colour: "series-8" },
    ...blocksOf(net.layers).map(({ title, layers }) =>
      title === undefined ? boxOf(layers[0]!) : { title, boxes: layers.map(boxOf) },
    ),
  ];
  const { content, bottom } = stack(items, { x: margin, y: margin, width: boxWidth });
  return figure(
    {
      width: 450,
      height: bottom + margin,
      title: `Layers of ${net.name}`,
      description: `${net.layers.length} layers with ${count(parameters)} parameters, from an image of ${shape(net.inputShape)} to ${shape(net.layers.at(-1)?.outputShape ?? net.inputShape)}.`,
    },
    content,
  );
};

const boxOf = (layer: Layer): Box => ({
  label: layerWords(layer),
  colour: layerColour(layer),
  note: `${shape(layer.outputShape)}${layer.parameters > 0 ? `, ${count(layer.parameters)} params` : ""}`,
});
