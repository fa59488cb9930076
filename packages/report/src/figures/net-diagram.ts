// A net from its image to its logits, a box a layer, with the shape that comes out and the parameters in it.

import type { Layer, NetDescription as Net } from "@mlpconv/runs";
import { blocksOf } from "../blocks.js";
import { count, shape } from "../format.js";
import { layerColour, layerWords } from "../layer-words.js";
import { isBranches, type Part } from "../structure.js";
import { figure } from "./figure.js";
import { type Box, type StackItem, type StackPart, stack, stackWidth } from "./stack.js";

const boxWidth = 220;
const margin = 16;

/** A net as SVG: a box a layer with its output shape and parameters, blocks framed. */
export const netDiagram = (net: Net): string => {
  const parameters = net.layers.reduce((sum, layer) => sum + layer.parameters, 0);
  const items: StackItem[] = [
    { label: `image, ${shape(net.inputShape)}`, colour: "series-8" },
    ...blocksOf(net.layers).map(({ title, parts }) =>
      title === undefined ? partOf(parts[0]!) : { title, boxes: parts.map((part) => partOf(part)) },
    ),
  ];
  const { content, bottom } = stack(items, { x: margin, y: margin, width: boxWidth });
  return figure(
    {
      width: 230 + stackWidth(items, boxWidth),
      height: bottom + margin,
      title: `Layers of ${net.name}`,
      description: `${net.layers.length} layers with ${count(parameters)} parameters, from an image of ${shape(net.inputShape)} to ${shape(net.layers.at(-1)?.outputShape ?? net.inputShape)}.`,
    },
    content,
  );
};

/** @param beside whether others are beside it, where its note would be */
const partOf = (part: Part, beside = false): StackPart =>
  isBranches(part)
    ? {
        branches: part.branches.map((branch) => branch.map((inside) => partOf(inside, true))),
        join: boxOf(part.join, beside),
      }
    : boxOf(part, beside);

const boxOf = (layer: Layer, beside: boolean): Box => ({
  label: layerWords(layer),
  colour: layerColour(layer),
  ...(!beside && { note: noteOf(layer) }),
});

const noteOf = (layer: Layer): string =>
  `${shape(layer.outputShape)}${layer.parameters > 0 ? `, ${count(layer.parameters)} params` : ""}`;
