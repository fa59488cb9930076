// The mistakes that a net is surest of, with their images.
import type { Analysis, Sample } from "@mlpconv/runs";
import { decimal } from "../format.js";
import { type Markup, markup } from "../markup.js";
import { colour } from "../themes.js";
import { figure, fitLabel } from "./figure.js";
import { datasetImage } from "./picture.js";

const columns = 6;
const most = 24;
const image = 84;
const [cellWidth, cellHeight] = [104, 138];

/** Up to 24 of them, in the order given. */
export const mistakesGrid = (
  name: string,
  { classes, imageShape }: Pick<Analysis, "classes" | "imageShape">,
  mistakes: readonly Sample[],
): string => {
  const shown = mistakes.slice(0, most);
  const said = shown
    .slice(0, 3)
    .map(
      (one) =>
        `${classes[one.label]} predicted as ${classes[one.predicted]} with ${decimal(one.probability)}`,
    );
  return figure(
    {
      width: cellWidth * Math.min(columns, Math.max(1, shown.length)),
      height: cellHeight * Math.max(1, Math.ceil(shown.length / columns)),
      title: `The most confident mistakes of ${name}`,
      description: `${shown.length} images, the surest first: ${said.join("; ")}.`,
    },
    shown.map(({ pixels, label, predicted, probability }, i) => {
      const x = (i % columns) * cellWidth + cellWidth / 2;
      const y = Math.floor(i / columns) * cellHeight + 8;
      return [
        datasetImage(pixels, imageShape, { x: x - image / 2, y, size: image }),
        markup`<text x="${x}" y="${y + image + 16}" text-anchor="middle" font-weight="600" fill="${colour("warm")}">${isolated(fitLabel(classes[predicted]!, cellWidth - 48))} ${decimal(probability, 2)}</text>`,
        markup`<text x="${x}" y="${y + image + 32}" text-anchor="middle" fill="${colour("muted")}">is ${isolated(fitLabel(classes[label]!, cellWidth - 20))}</text>`,
      ];
    }),
  );
};

/** A name whose script, such as Arabic, leaves the order of what is beside it alone. */
const isolated = (name: Markup): Markup => markup`<tspan unicode-bidi="plaintext">${name}</tspan>`;
