// The section of one run: its figures as text, then its drawings.

import type { Run } from "@mlpconv/runs";
import { type Figure, runFigureList } from "../figures.js";
import { bytes, count, decimal, duration } from "../format.js";
import { type Content, Markup, markup } from "../markup.js";
import { runFigures } from "../run-figures.js";
import { networkName } from "../same-settings.js";
import { classTables } from "./class-tables.js";
import { layerTable } from "./layer-table.js";
import { table } from "./table.js";

/** @param id anchor of the section */
export const runSection = (run: Run, id: string): Markup => {
  const { evaluation } = run;
  const net = run.analysis?.net;
  return markup`<section id="${id}" aria-labelledby="${id}-name"><h2 id="${id}-name">${run.name}</h2>${tiles(run)}${changes(run)}${stopNote(run)}<div class="figures">${runFigureList(run).map((one) => figureMarkup(one, run.name))}</div>${evaluation && classTables(evaluation, run.name)}${net && layerTable(net, run.name)}${settings(run)}</section>`;
};

// Width above which a figure is scrolled on a phone; narrower ones shrink to fit.
const wide = 500;

/** @param run whose figure it is; absent for one of several runs */
export const figureMarkup = ({ heading, caption, svg }: Figure, run?: string): Markup => {
  const width = Number(/width="([\d.]+)"/.exec(svg)?.[1]);
  const drawn = new Markup(width > wide ? svg.replace("<svg ", '<svg class="wide" ') : svg);
  // Chromium lets the keyboard focus scrollable elements by itself; other browsers need the tabindex.
  const framed =
    width > wide
      ? markup`<div class="scroll" role="region" aria-label="${run === undefined ? heading : `${heading} (${run})`}" tabindex="0">${drawn}</div>`
      : drawn;
  return markup`<figure${width > wide && markup` class="wide"`} style="width:${width}px"><h3>${heading}</h3>${framed}<figcaption>${caption}</figcaption></figure>`;
};

const tiles = (run: Run): Markup => {
  const of = runFigures(run);
  const { evaluation } = run;
  const tile = (name: string, value: string | undefined): Content =>
    value !== undefined && markup`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  const shown = <T>(value: T | undefined, words: (value: T) => string) =>
    value === undefined ? undefined : words(value);
  return markup`<dl class="tiles">${[
    tile("net", networkName(run)),
    tile(
      "validation accuracy",
      shown(of.validationAccuracy, (value) => decimal(value, 4)),
    ),
    tile(
      "test accuracy",
      shown(of.testAccuracy, (value) => decimal(value, 4)),
    ),
    tile(
      evaluation?.weights === undefined ? "when evaluated" : `with ${evaluation.weights} weights`,
      shown(evaluation?.accuracy, (value) => decimal(value, 4)),
    ),
    tile(
      "train accuracy",
      shown(of.trainAccuracy, (value) => decimal(value, 4)),
    ),
    tile("train loss", shown(of.loss, decimal)),
    tile("parameters", shown(of.parameters, count)),
    tile(
      "images/s in training",
      shown(of.examplesPerSecond, (value) => count(Math.round(value))),
    ),
    tile("time", shown(of.seconds, duration)),
    tile("peak memory", shown(of.peakRssBytes, bytes)),
    tile("epochs", String(of.epochs)),
    tile("state", of.state),
  ]}</dl>`;
};

/** Says which settings were changed on the way, where any were. */
const changes = ({ events }: Run): Content =>
  events.map(
    (event) =>
      event.type === "change" &&
      markup`<p class="note">After step ${count(event.step)}: ${event.changes.map(({ setting, from, to }) => `${setting} ${from ?? "none"} to ${to}`).join(", ")}. From there on it is no longer what one uninterrupted run would be.</p>`,
  );

/** Says why early stopping ended the run, where it did. */
const stopNote = ({ summary }: Run): Content =>
  summary?.stopped !== undefined &&
  markup`<p class="note">Stopped early after epoch ${count(summary.epochs)}: ${summary.stopped}.</p>`;

/** Values of a list that the table of settings has. */
const mostValues = 30;

/** The values of a list as text; of a long one the first, and how many more there are. */
const listed = (values: readonly unknown[]): string => {
  const more = values.length - mostValues;
  const shown = values.slice(0, mostValues).join(", ");
  return more > 0 ? `${shown}, and ${count(more)} more` : shown;
};

/** config.json, an entry a row; the names of entries within entries are joined by dots, the values of a list by commas. */
const settings = ({ name, config }: Run): Markup =>
  markup`<details><summary>Settings</summary>${table(
    "config.json",
    [{ heading: "setting" }, { heading: "value" }],
    flatten(config),
    name,
  )}</details>`;

const flatten = (value: object, path = ""): [string, string][] =>
  Object.entries(value).flatMap(([key, entry]) =>
    typeof entry === "object" && entry !== null && !Array.isArray(entry)
      ? flatten(entry, `${path}${key}.`)
      : [[`${path}${key}`, Array.isArray(entry) ? listed(entry) : String(entry)] as [string, string]],
  );
