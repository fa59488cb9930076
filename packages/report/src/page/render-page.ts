// Renders a self-contained page, without scripts, fonts or requests.

import type { Run } from "@mlpconv/runs";
import { checkSameData } from "../compare.js";
import { comparisonFigures } from "../figures.js";
import { Markup, markup } from "../markup.js";
import { comparisonTable } from "./comparison-table.js";
import { figureMarkup, runSection } from "./run-section.js";
import { pageCss } from "./style.js";
import { table } from "./table.js";

/** A table of text cells about several runs, made by the caller. */
export interface SummaryTable {
  /** Text above the table, also read by screen readers. */
  caption: string;
  /** Column headings; the first column names the rows, all others are numeric. */
  heads: readonly string[];
  /** Cells of each row, one for each head. */
  rows: readonly (readonly string[])[];
  /** Sentences below the table. */
  notes: readonly string[];
}

/** Contents of a page. */
export interface PageOptions {
  /** Default: the model or the number of runs, and the data set. */
  title?: string;
  /** Runs in display order. */
  runs: readonly Run[];
  /** Runs that also get a section of their own. Default: all. */
  detailed?: readonly Run[];
  /** Table before the table of runs. */
  summary?: SummaryTable | undefined;
}

/**
 * report.html: a comparison of all runs if there are several, then a section for each.
 *
 * @throws RangeError when there is no run; DifferentDataError when runs were trained on different data
 */
export const renderPage = ({ runs, detailed = runs, summary, title }: PageOptions): string => {
  const [first] = runs;
  if (!first) throw new RangeError("report: expected at least one run, got none; name a run's folder");
  checkSameData(runs);
  const several = runs.length > 1;
  const heading =
    title ??
    (several
      ? `${runs.length} runs on ${first.config.data.name}`
      : `${first.config.model} on ${first.config.data.name}`);
  const id = (i: number) => `run-${i + 1}`;
  const { name: dataset, sha256 } = first.config.data;
  return `<!doctype html>\n${
    markup`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none';img-src data:;style-src 'unsafe-inline'"><link rel="icon" href="data:,"><title>${heading}</title>${style()}</head><body><header><h1>${heading}</h1><p class="note">Data: ${dataset}${sha256 !== undefined && `, sha256 ${sha256.slice(0, 12)}`}. Accuracies are shares of 1, losses in nats.</p></header>${
      several &&
      markup`<nav aria-label="Runs"><ul><li><a href="#comparison">Comparison</a></li>${detailed.map(
        ({ name }, i) => markup`<li><a href="#${id(i)}">${name}</a></li>`,
      )}</ul></nav>`
    }<main>${several && comparison(runs, summary)}${detailed.map((run, i) => runSection(run, id(i)))}</main></body></html>`
      .text
  }\n`;
};

const comparison = (runs: readonly Run[], summary: SummaryTable | undefined): Markup =>
  markup`<section id="comparison" aria-labelledby="comparison-name"><h2 id="comparison-name">Comparison</h2>${summary && summaryTable(summary)}${comparisonTable(runs)}<div class="figures">${comparisonFigures(runs).map((one) => figureMarkup(one))}</div></section>`;

const summaryTable = ({ caption, heads, rows, notes }: SummaryTable): Markup =>
  markup`${table(
    caption,
    heads.map((heading, i) => ({ heading, numeric: i > 0 })),
    rows,
  )}${notes.map((note) => markup`<p class="note">${note}</p>`)}`;

/** A style element; its CSS is not escaped, because HTML does not decode entities in it. */
const style = (): Markup => new Markup(`<style>${pageCss()}</style>`);
