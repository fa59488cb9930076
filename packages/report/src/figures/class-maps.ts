// Where a net sees each class: the maps before global average pooling, as in Figure 4 of "Network in Network". A map's mean is the logit.

import type { Analysis, ClassMapSample } from "@mlpconv/runs";
import { max, mean } from "d3-array";
import { count, decimal } from "../format.js";
import { markup } from "../markup.js";
import { colour } from "../themes.js";
import { figure, fitLabel } from "./figure.js";
import { datasetImage, heatMap } from "./picture.js";

/** Samples that are drawn. */
const most = 12;
/** Classes up to which every class has its column of maps. */
const mostMaps = 12;
/** Maps in a row of more classes. */
const mostOfMany = 6;
const map = 58;
const gap = 8;
const left = 92;
const top = 26;
const row = map + 30;

/** The logits of a sample's classes: the mean of each map. */
export const logitsOf = ({ maps }: Pick<ClassMapSample, "maps">): number[] =>
  maps.map((values) => mean(values) ?? 0);

/** Whether each class has its column of maps. */
export const hasMapOfEachClass = ({ classes }: Pick<Analysis, "classes">): boolean =>
  classes.length <= mostMaps;

interface DrawnMap {
  /** An index into the classes. */
  class: number;
  values: number[];
  logit: number;
}

/** The maps of a sample that are drawn: of up to 12 classes all; of more, those of the highest logits, and the true class's. */
const drawnMaps = (sample: ClassMapSample, mapsInRow: number): DrawnMap[] => {
  const logits = logitsOf(sample);
  const all = sample.maps.map(
    (values, i): DrawnMap => ({ class: sample.mapClasses?.[i] ?? i, values, logit: logits[i]! }),
  );
  if (all.length <= mapsInRow) return all;
  const sorted = all.toSorted((a, b) => b.logit - a.logit);
  const first = sorted.slice(0, mapsInRow);
  const own = sorted.find((one) => one.class === sample.label);
  return own === undefined || first.includes(own) ? first : [...first.slice(0, -1), own];
};

/**
 * Class maps of up to 12 samples as SVG, a row each. The true class has a frame, the answer a bold logit; all maps of a row have one scale.
 * Of more than 12 classes, a row has those of the highest logits and the true class, each below its name.
 */
export const classMapsFigure = (
  name: string,
  { classes, imageShape }: Pick<Analysis, "classes" | "imageShape">,
  samples: readonly ClassMapSample[],
): string => {
  const shown = samples.slice(0, most);
  const someClasses = !hasMapOfEachClass({ classes });
  const maps = shown.map((sample) => drawnMaps(sample, someClasses ? mostOfMany : mostMaps));
  const columns = Math.max(...maps.map((row) => row.length));
  const x = (i: number) => left + i * (map + gap);
  const heading = (label: string, i: number, y: number) =>
    markup`<text x="${x(i) + map / 2}" y="${y}" font-size="11" text-anchor="middle">${fitLabel(label, map + gap - 4, 11)}</text>`;
  // Rows of different classes have headings of their own.
  const rowHeight = someClasses ? row + top - 6 : row;
  const right = shown.filter(({ label, predicted }) => label === predicted).length;
  return figure(
    {
      width: x(columns),
      height: top + rowHeight * shown.length,
      title: `Class maps of ${name}`,
      description: `${columns} maps${someClasses ? `, of ${count(classes.length)} classes,` : ""} for each of ${shown.length} test images; the map with the highest mean is the answer, and the true class's in ${right} of them.`,
    },
    !someClasses && classes.map((text, i) => heading(text, i, 16)),
    shown.map((sample, i) => {
      const y = top + rowHeight * i;
      const drawn = maps[i]!;
      const largest =
        max(
          drawn.flatMap(({ values }) => values),
          Math.abs,
        ) ?? 0;
      return [
        datasetImage(sample.pixels, imageShape, { x: 12, y, size: map }),
        markup`<text x="${12 + map / 2}" y="${y + map + 16}" font-size="11" text-anchor="middle">${fitLabel(classes[sample.label]!, left - 12, 11)}</text>`,
        drawn.map(({ class: c, values, logit }, at) => {
          const isLabel = c === sample.label;
          const isAnswer = c === sample.predicted;
          return [
            someClasses && heading(classes[c]!, at, y - 7),
            heatMap(values, sample.side, largest, { x: x(at), y, size: map }),
            markup`<rect x="${x(at)}" y="${y}" width="${map}" height="${map}" fill="none" stroke="${colour(isLabel ? "ink" : "grid")}" stroke-width="${isLabel ? 2.5 : 1}"/>`,
            markup`<text x="${x(at) + map / 2}" y="${y + map + 16}" font-size="11" text-anchor="middle" ${isAnswer ? markup`font-weight="600"` : markup`fill="${colour("muted")}"`}>${decimal(logit, 2).replace("-", "−")}</text>`,
          ];
        }),
      ];
    }),
  );
};
