// Lines over two axes with a legend above: what every curve is drawn with.
import { scaleLinear, scaleLog } from "d3-scale";
import { line } from "d3-shape";
import { type Markup, markup } from "../markup.js";
import { colour } from "../themes.js";
import { figure, fitLabel, fitText, textWidth } from "./figure.js";

/** A line of a chart. */
export interface Series {
  /** Its words in the legend. */
  label: string;
  /** Its colour, such as `seriesColour(0)`. */
  colour: string;
  /** SVG's stroke-dasharray; absent for an unbroken line. */
  dash?: string | undefined;
  /** Width of the stroke in pixels. Default: 2. */
  width?: number | undefined;
  /** [x, y]; a y that is null breaks the line. */
  points: readonly (readonly [number, number | null])[];
}

/** What a chart shows. */
export interface LineChart {
  /** The accessible name. */
  title: string;
  /** What is seen, in a sentence or two, with the numbers that matter. */
  description: string;
  /** Width of the figure in pixels. */
  width: number;
  /** Words below the x axis. */
  xLabel: string;
  /** Words beside the y axis. */
  yLabel: string;
  /** Line above the figure, for one that stands without a page around it. Absent: none. */
  heading?: string;
  /** Right end of the x axis, which begins at 0, at 1 if x doubles, or at `xDecadesFrom`. */
  xMax: number;
  /** Doubles x at equal distances; ticks are powers of two. Default false. */
  xDoubles?: boolean;
  /** Left end of an x axis on which each power of ten is as wide as the next; ticks are these powers. Absent: no such axis. */
  xDecadesFrom?: number;
  /** Absent: what the points need. */
  yDomain?: readonly [number, number];
  /** Makes each power of ten on the y axis as high as the next, between powers; a y that is not above zero breaks the line. Default false. */
  yDecades?: boolean;
  /** The lines, the last on top. */
  series: readonly Series[];
  /** What the legend explains; absent: every series. */
  legend?: readonly Series[];
}

const plotHeight = 220;
const left = 46;
const right = 14;
const legendRow = 18;
const swatch = 24;

/** Lines over two axes, as SVG with the colours of the page around it; `withTheme` gives one that stands alone. */
export const lineChart = ({
  width,
  xLabel,
  yLabel,
  heading,
  xMax,
  xDoubles = false,
  xDecadesFrom,
  yDomain,
  yDecades = false,
  series: given,
  legend = given,
  ...words
}: LineChart): string => {
  const series = yDecades ? given.map(positive) : given;
  const entries = placeLegend(legend, width);
  const legendTop = heading === undefined ? 0 : legendRow;
  const top = 16 + legendTop + legendRow * ((entries.at(-1)?.row ?? -1) + 1);
  const bottom = top + plotHeight;
  const ends = [left, width - right];
  const x =
    xDecadesFrom !== undefined
      ? scaleLog([xDecadesFrom, xMax], ends)
      : xDoubles
        ? scaleLog([1, xMax], ends).base(2)
        : scaleLinear([0, xMax], ends);
  const y = yDecades
    ? scaleLog(yDomain ?? decadesOf(series), [bottom, top])
    : yDomain
      ? scaleLinear(yDomain, [bottom, top])
      : scaleLinear(extentOf(series), [bottom, top]).nice(5);
  const yTicks = yDecades
    ? powersOfTen(...(y.domain() as [number, number])).map((tick) => [tick, powerText(tick)] as const)
    : y.ticks(5).map((tick) => [tick, y.tickFormat(5)(tick)] as const);
  const xTicks =
    xDecadesFrom === undefined
      ? x.ticks(Math.min(xMax, 10, roomForTicks(width, xMax))).filter(Number.isInteger)
      : powersOfTen(xDecadesFrom, xMax);
  const path = line<readonly [number, number | null]>()
    .defined(([, value]) => value !== null)
    .x(([value]) => x(value))
    .y(([, value]) => y(value ?? 0))
    .digits(2);

  const height = bottom + 40;
  const middle = (top + bottom) / 2;
  return figure(
    { width, height, ...words },
    heading !== undefined &&
      markup`<text x="${left}" y="16" font-weight="600">${fitLabel(heading, width - left)}</text>`,
    entries.map(({ series: { colour, dash, width }, label, x, row }) => {
      const at = 12 + legendTop + legendRow * row;
      return markup`<path d="M${x} ${at}h${swatch}" ${stroke(colour, dash, width)}/><text x="${x + swatch + 6}" y="${at + 4}">${label}</text>`;
    }),
    yTicks.map(
      ([tick, text]) =>
        markup`<path d="M${left} ${y(tick)}H${width - right}" stroke="${colour("grid")}"/><text x="${left - 6}" y="${y(tick) + 4}" text-anchor="end" fill="${colour("muted")}">${text}</text>`,
    ),
    xTicks.map(
      (tick) =>
        markup`<text x="${x(tick)}" y="${bottom + 16}" text-anchor="middle" fill="${colour("muted")}">${String(tick)}</text>`,
    ),
    markup`<path d="M${left} ${bottom}H${width - right}" stroke="${colour("muted")}"/>`,
    markup`<text x="${(left + width - right) / 2}" y="${bottom + 34}" text-anchor="middle">${xLabel}</text>`,
    markup`<text transform="translate(12 ${middle}) rotate(-90)" text-anchor="middle">${yLabel}</text>`,
    series.map(({ points, colour, dash, width }) => [
      markup`<path class="line" d="${path(points) ?? ""}" ${stroke(colour, dash, width)}/>`,
      lonely(points).map(
        ([at, value]) => markup`<circle cx="${x(at)}" cy="${y(value)}" r="3" fill="${colour}"/>`,
      ),
    ]),
  );
};

/** The powers of ten within limits; of many every other one, so that their texts have room. */
const powersOfTen = (from: number, to: number): number[] => {
  const [first, last] = [Math.ceil(Math.log10(from) - 1e-9), Math.floor(Math.log10(to) + 1e-9)];
  const every = last - first > 8 ? 2 : 1;
  const count = Math.max(0, Math.floor((last - first) / every) + 1);
  return Array.from({ length: count }, (_, i) => Number(`1e${first + i * every}`));
};

/** How many numbers up to `xMax` fit below the x axis. */
const roomForTicks = (width: number, xMax: number): number =>
  Math.max(1, Math.floor((width - left - right) / (textWidth(String(Math.floor(xMax))) + 16)));

/** A power of ten as "0.1", "1" or "100", beyond as "10⁻⁵": beside the y axis is room for four letters. */
const powerText = (power: number): string =>
  power >= 0.1 && power <= 1000
    ? String(power)
    : `10${[...String(Math.round(Math.log10(power)))].map((digit) => (digit === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)])).join("")}`;

const stroke = (colour: string, dash: string | undefined, width = 2): Markup =>
  markup`fill="none" stroke="${colour}" stroke-width="${width}" stroke-linejoin="round"${dash !== undefined && markup` stroke-dasharray="${dash}"`}`;

/** Points without a neighbour, which no line would show. */
const lonely = (points: Series["points"]): [number, number][] =>
  points.flatMap(([x, value], i) => {
    const neighbours = [points[i - 1], points[i + 1]].some(
      (point) => point !== undefined && point[1] !== null,
    );
    return value === null || neighbours ? [] : [[x, value] as [number, number]];
  });

/** The series with a line that breaks where a logarithm would not exist. */
const positive = (series: Series): Series => ({
  ...series,
  points: series.points.map(([x, value]) => [x, value !== null && value > 0 ? value : null]),
});

/** The powers of ten around all values, at least two. */
const decadesOf = (series: readonly Series[]): [number, number] => {
  const values = series.flatMap(({ points }) => points.flatMap(([, value]) => value ?? []));
  if (values.length === 0) return [0.1, 1];
  const low = Math.floor(Math.log10(Math.min(...values)) + 1e-9);
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values)) - 1e-9));
  return [Number(`1e${low}`), Number(`1e${high}`)];
};

/** Range from 0 or below to the largest value. */
const extentOf = (series: readonly Series[]): [number, number] => {
  let [low, high] = [0, 0];
  for (const { points } of series) {
    for (const [, value] of points) {
      if (value === null) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return high > low ? [low, high] : [0, 1];
};

/** Entries side by side, in as many rows as they need. */
const placeLegend = (legend: readonly Series[], width: number) => {
  let x = left;
  let row = 0;
  return legend.map((one) => {
    const room = width - left - right - swatch - 6;
    const entry = swatch + 6 + textWidth(fitText(one.label, room)) + 14;
    if (x > left && x + entry > width) {
      x = left;
      row++;
    }
    const placed = { series: one, label: fitLabel(one.label, room), x, row };
    x += entry;
    return placed;
  });
};
