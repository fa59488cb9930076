// The chapter's figure: a block of each net beside the nets that are made of them. VGG repeats its block and ends in dense layers; NiN ends in a
// map a class and their means.

import type { Layer, NetDescription as Net } from "@mlpconv/runs";
import { type Block, blocksOf } from "../blocks.js";
import { blockWords, layerColour, layerWords } from "../layer-words.js";
import { markup } from "../markup.js";
import { isBranches, type Part } from "../structure.js";
import { figure } from "./figure.js";
import { type Box, type StackItem, type StackPart, stack, stackWidth } from "./stack.js";

const boxWidth = 172;
const gap = 30;
const top = 40;

/** Draws, for each model, the block with the most layers; then each model with its blocks closed. */
export const blocksDiagram = (nets: readonly Net[]): string => {
  const blocks = nets.map(({ layers }) => blocksOf(layers));
  const open = blocks.flatMap((list) => {
    const [first, ...rest] = list.filter(({ title }) => title !== undefined);
    if (!first) return [];
    const largest = rest.reduce((a, b) => (b.layers.length > a.layers.length ? b : a), first);
    return [{ heading: largest.title!, items: largest.parts.map(partOf) }];
  });
  const closed = nets.map(({ name }, i) => ({ heading: name, items: blocks[i]!.map(closedBlock) }));
  const columns: { heading: string; items: StackItem[] }[] = [...open, ...closed];
  const widths = columns.map(({ items }) => stackWidth(items, boxWidth));
  const drawn = columns.map(({ heading, items }, i) => {
    const x = gap / 2 + widths.slice(0, i).reduce((sum, width) => sum + width + gap, 0);
    const { content, bottom } = stack(items, { x, y: top, width: boxWidth });
    return {
      bottom,
      content: [
        markup`<text x="${x + widths[i]! / 2}" y="24" text-anchor="middle" font-size="14" font-weight="600">${heading}</text>`,
        content,
      ],
    };
  });
  const parts = columns.map(({ heading, items }) => `${heading}, ${items.length} parts`);
  return figure(
    {
      width: widths.reduce((sum, width) => sum + width + gap, 0),
      height: Math.max(top, ...drawn.map(({ bottom }) => bottom)) + 16,
      title: `The blocks of ${nets.map(({ name }) => name).join(" and ")}, and the nets made of them`,
      description: `From the image at the top to the classes at the bottom: ${parts.join("; ")}.`,
    },
    drawn.map(({ content }) => content),
  );
};

const partOf = (part: Part): StackPart =>
  isBranches(part)
    ? { branches: part.branches.map((branch) => branch.map(partOf)), join: boxOf(part.join) }
    : boxOf(part);

const boxOf = (layer: Layer): Box => ({ label: layerWords(layer), colour: layerColour(layer) });

const closedBlock = (block: Block): Box =>
  block.title === undefined
    ? boxOf(block.layers[0]!)
    : { label: blockWords(block), colour: layerColour(block.layers[0]!) };
