// Where a net sees each class: the maps before global average pooling, as in Figure 4 of "Network in Network". A map's mean is the logit.

import type { Analysis, ClassMapSample } from "@mlpconv/runs";
import { max, mean } from "d3-array";
import { decimal } from "../format.js";
import { markup } from "../markup.js";
import { colour } from "../themes.js";
import { figure, fitText } from "./figure.js";
import { datasetImage, heatMap } from "./picture.js";

const most = 12;
const map = 58;
const gap = 8;
const left = 84;
const top = 26;
const row = map + 30;

/** The logits of a sample: the mean of each map. */
export const logitsOf = ({ maps }: ClassMapSample): number[] => maps.map((values) => mean(values) ?? 0);

/** Up to 12 samples, a row each. The true class has a frame, the answer a bold logit; all maps of a row have one scale. */
export const classMapsFigure = (
  name: string,
  { classes, imageShape }: Pick<Analysis, "classes" | "imageShape">,
  samples: readonly ClassMapSample[],
): string => {
  const shown = samples.slice(0, most);
  const x = (i: number) => left + i * (map + gap);
  const right = shown.filter(({ label, predicted }) => label === predicted).length;
  return figure(
    {
      width: x(classes.length),
      height: top + row * shown.length,
      title: `Class maps of ${name}`,
      description: `${classes.length} maps for each of ${shown.length} test images; the map with the highest mean is the answer, and the true class's in ${right} of them.`,
    },
    classes.map(
      (text, i) =>
        markup`<text x="${x(i) + map / 2}" y="16" font-size="11" text-anchor="middle">${fitText(text, map + gap, 11)}</text>`,
    ),
    shown.map((sample, i) => {
      const y = top + row * i;
      const largest = max(sample.maps.flat(), Math.abs) ?? 0;
      return [
        datasetImage(sample.pixels, imageShape, { x: 8, y, size: map }),
        markup`<text x="${8 + map / 2}" y="${y + map + 16}" font-size="11" text-anchor="middle">${fitText(classes[sample.label]!, left - 12, 11)}</text>`,
        logitsOf(sample).map((logit, c) => {
          const isLabel = c === sample.label;
          const isAnswer = c === sample.predicted;
          return [
            heatMap(sample.maps[c]!, sample.side, largest, { x: x(c), y, size: map }),
            markup`<rect x="${x(c)}" y="${y}" width="${map}" height="${map}" fill="none" stroke="${colour(isLabel ? "ink" : "grid")}" stroke-width="${isLabel ? 2.5 : 1}"/>`,
            markup`<text x="${x(c) + map / 2}" y="${y + map + 16}" font-size="11" text-anchor="middle" ${isAnswer ? markup`font-weight="600"` : markup`fill="${colour("muted")}"`}>${decimal(logit, 2).replace("-", "−")}</text>`,
          ];
        }),
      ];
    }),
  );
};
