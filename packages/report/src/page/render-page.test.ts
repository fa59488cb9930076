import { describe, expect, test } from "vitest";
import {
  classes,
  imageShape,
  sampleClasses,
  sampleEvaluation,
  sampleEvents,
  sampleRun,
  sampleVgg,
} from "../../../runs/test/sample-run.js";
import { DifferentDataError } from "../compare.js";
import { renderPage } from "./render-page.js";

const runs = [sampleRun(), sampleRun({ name: "try-2", analysis: { classes, imageShape, net: sampleVgg } })];
const rows = (page: string) =>
  [...page.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, row]) =>
    [...row!.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell]) => cell),
  );

test("one run is drawn without a comparison", () => {
  const page = renderPage({ runs: [sampleRun()] });
  expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(page).toContain("<title>nin on fashion-mnist</title>");
  expect(page).not.toContain('id="comparison"');
  expect(page.match(/<svg /g)).toHaveLength(6);
});

test("several runs stand in one table, in the order given", () => {
  const [heading, first, second] = rows(renderPage({ runs }));
  expect(heading!.slice(0, 3)).toEqual(["run", "net", "preset"]);
  expect(first).toEqual([
    ...["try-1", "nin", "quick", "28", "2", "640", "1,992,166", "0.6000", "0.2000", "0.100", "512"],
    ...["3 min 20 s", "446 MB", "finished"],
  ]);
  expect(second![0]).toBe("try-2");
});

test("runs that hold images out have a column and a figure for them, and others a dash", () => {
  const holding = sampleRun({ name: "holding" });
  holding.summary = { ...holding.summary!, validationAccuracy: 0.7 };
  const page = renderPage({ runs: [holding, sampleRun()] });
  const [heading, first, second] = rows(page);
  expect([heading![7], first![7], second![7]]).toEqual(["validation accuracy", "0.7000", "–"]);
  expect(page).toContain("<dt>validation accuracy</dt><dd>0.7000</dd>");
  expect(page).toContain("<h3>Validation accuracy</h3>");
});

test("a run whose settings were changed says which, and where", () => {
  const change = {
    type: "change" as const,
    step: 1000,
    epochs: 4,
    changes: [
      { setting: "epochs", from: 2, to: 4 },
      { setting: "clipNorm", from: null, to: 1 },
    ],
  };
  const page = renderPage({ runs: [sampleRun({ events: [...sampleEvents(), change] })] });
  expect(page).toContain(
    '<p class="note">After step 1,000: epochs 2 to 4, clipNorm none to 1. From there on it is no longer what one uninterrupted run would be.</p>',
  );
  expect(page).toContain("After 2 of 4 epochs");
  expect(renderPage({ runs: [sampleRun()] })).not.toContain("uninterrupted");
});

test("a run that early stopping ended says so", () => {
  const run = sampleRun();
  const stopped = {
    ...run.summary!,
    epochs: 7,
    stopped: "no better test accuracy than 0.9 of epoch 4 in 3 epochs",
  };
  expect(renderPage({ runs: [{ ...run, summary: stopped }] })).toContain(
    '<p class="note">Stopped early after epoch 7: no better test accuracy than 0.9 of epoch 4 in 3 epochs.</p>',
  );
  expect(renderPage({ runs: [run] })).not.toContain("Stopped early");
});

test("a run that goes on has dashes for what is not known", () => {
  const going = sampleRun({
    name: "going",
    summary: undefined,
    events: [],
    config: { model: "nin", data: { name: "fashion-mnist" } },
  });
  const [, , row] = rows(renderPage({ runs: [sampleRun(), going] }));
  expect(row).toEqual(["going", "nin", "–", "–", "0", ...Array(8).fill("–"), "unfinished"]);
});

test("a table that the caller gives comes before that of the runs, as text", () => {
  const summary = {
    caption: "Medians",
    heads: ["net", "a < b"],
    rows: [["nin", "0.9"]],
    notes: ["left out: 1"],
  };
  const page = renderPage({ runs, summary });
  const [heads, row] = rows(page);
  expect(heads).toEqual(["net", "a &lt; b"]);
  expect(row).toEqual(["nin", "0.9"]);
  expect(page).toContain('<p class="note">left out: 1</p>');
});

test("a loss of NaN is NaN in the table", () => {
  const diverged = sampleRun({ name: "diverged" });
  diverged.summary = { ...diverged.summary!, loss: JSON.parse("null") };
  const [, row] = rows(renderPage({ runs: [diverged, sampleRun()] }));
  expect(row![9]).toBe("NaN");
});

describe("a page", () => {
  const page = renderPage({ runs, title: "Two runs" });

  test("loads nothing from elsewhere and runs no script", () => {
    const without = page.replaceAll('xmlns="http://www.w3.org/2000/svg"', "");
    expect(without).not.toMatch(/https?:|\/\/[a-z]|<script|@import|url\(|\son[a-z]+=/i);
    for (const [, target] of without.matchAll(/(?:href|src)="([^"]*)"/g))
      expect(target).toMatch(/^(#|data:)/);
    expect(page).toContain(`http-equiv="Content-Security-Policy" content="default-src 'none'`);
  });

  test("has a heading of each level below the one above, landmarks, and links that lead somewhere", () => {
    const levels = [...page.matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.forEach((level, i) => {
      expect(level).toBeLessThanOrEqual((levels[i - 1] ?? 0) + 1);
    });
    for (const landmark of ["<header>", "<main>", '<nav aria-label="Runs">'])
      expect(page).toContain(landmark);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
  });

  test("is light or dark by preference, and light on paper", () => {
    expect(page).toMatch(/@media \(prefers-color-scheme:dark\)\{:root\{--mlp-paper:#0d1117/);
    expect(page).toMatch(/@media print\{:root\{color-scheme:light;--mlp-paper:#ffffff/);
  });
});

test("names are escaped, wherever they come from", () => {
  const evil = `"><script>alert('1')</script><img src=x onerror=alert(2)>&`;
  const evaluation = { ...sampleEvaluation, classes: sampleClasses([evil, evil, evil]) };
  const run = sampleRun({
    name: evil,
    config: { model: evil, data: { name: evil, sha256: evil }, preset: evil },
    evaluation,
    analysis: {
      ...sampleRun().analysis!,
      classes: [evil, evil, evil],
      net: {
        ...sampleVgg,
        name: evil,
        layers: sampleVgg.layers.map((layer) => ({ ...layer, kind: evil, activation: evil })),
      },
    },
  });
  const page = renderPage({ runs: [run, run], title: evil });
  expect(page).not.toMatch(/<script|<img|'1'/);
  // What is in quotes cannot end them: every tag's attributes are names with values.
  for (const [tag] of page.slice(page.indexOf("</style>")).matchAll(/<[a-z][^>]*>/g)) {
    expect(tag).toMatch(/^<[a-zA-Z0-9]+( [a-zA-Z-]+="[^"<]*")*\/?>$/);
  }
});

test("no runs, and runs on different data, are refused", () => {
  expect(() => renderPage({ runs: [] })).toThrow("report: expected at least one run, got none");
  const other = sampleRun({ name: "other", config: { model: "nin", data: { name: "synthetic" } } });
  expect(() => renderPage({ runs: [sampleRun(), other] })).toThrow(DifferentDataError);
});
