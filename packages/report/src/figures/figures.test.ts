// What is true of all figures: they are named, stand alone and are drawn by a renderer that is no browser.
import { decode } from "fast-png";
import { describe, expect, test } from "vitest";
import {
  classes,
  imageShape,
  sampleAnalysis,
  sampleNet,
  sampleRun,
  sampleVgg,
} from "../../../runs/test/sample-run.js";
import { comparisonFigures, runFigureList } from "../figures.js";
import { toPng } from "../node/to-png.js";
import { themes, withTheme } from "../themes.js";

const vgg = sampleRun({ name: "<b>&", analysis: { classes, imageShape, net: sampleVgg } });
const figures = [...runFigureList(sampleRun()), ...comparisonFigures([vgg, sampleRun()])];

test("a run with all files has six figures, two runs of one net together five more", () => {
  expect(figures.map(({ name }) => name)).toEqual([
    "curves",
    "confusion",
    "classes",
    "mistakes",
    "class-maps",
    "net",
    "test-accuracy",
    "train-accuracy",
    "loss",
    "accuracies",
    "blocks",
  ]);
});

test("a run with events alone has its curves", () => {
  const run = sampleRun({ evaluation: undefined, analysis: undefined });
  expect(runFigureList(run).map(({ name }) => name)).toEqual(["curves"]);
  const bare = sampleRun({
    analysis: { classes, imageShape, mistakes: [], classMaps: [] },
    evaluation: undefined,
  });
  expect(runFigureList(bare)).toHaveLength(1);
  const other = sampleRun({ ...run, config: { ...run.config, model: "another" } });
  expect(comparisonFigures([run, other])).toHaveLength(3);
  expect(sampleAnalysis.net).toBe(sampleNet);
});

describe.each(figures)("$name", ({ svg }) => {
  test("is an image with a name and a description, and contains no NaN", () => {
    expect(svg).toMatch(
      /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" role="img" [^>]*><title>[^<]+<\/title><desc>[^<]+<\/desc>/,
    );
    expect(svg.replaceAll(/"data:[^"]*"/g, "")).not.toMatch(/NaN|undefined|Infinity|null|\[object/);
  });

  test("loads nothing from elsewhere", () => {
    expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(
      /https?:|href="(?!data:)|url\(|@import/,
    );
  });

  test.each(["light", "dark"] as const)("is drawn on %s paper", async (theme) => {
    expect(withTheme(svg, theme)).not.toContain("var(");
    const [, width, height] = /width="([\d.]+)" height="([\d.]+)"/.exec(svg)!.map(Number);
    const image = decode(await toPng(svg, { theme, scale: 2 }));
    expect([image.width, image.height]).toEqual([Math.ceil(2 * width!), Math.ceil(2 * height!)]);
    const corner = [...image.data.slice(0, 3)].map((value) => value.toString(16).padStart(2, "0")).join("");
    expect(`#${corner}`).toBe(themes[theme].paper);
    // Ink has come to the paper: letters and lines cover some of it.
    let differs = 0;
    for (let i = 0; i < image.data.length; i += 4) if (image.data[i] !== image.data[0]) differs++;
    expect(differs).toBeGreaterThan((image.width * image.height) / 200);
  });
});

test("letters are drawn without any font of the machine", async () => {
  const svg = (text: string) =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20" font-family="Inter, system-ui"><text x="2" y="15">${text}</text></svg>`;
  const inked = async (text: string) =>
    decode(await toPng(svg(text))).data.filter((value, i) => i % 4 === 3 && value > 0).length;
  expect(await inked("")).toBe(0);
  expect(await inked("iii")).toBeGreaterThan(10);
  expect(await inked("mmm")).toBeGreaterThan(2 * (await inked("iii")));
});

test.each([0, -1, 9, Number.NaN])("a scale of %d is refused", async (scale) => {
  await expect(toPng("<svg/>", { scale })).rejects.toThrow(/expected a scale above 0 and at most 8, got/);
});

test("a text that is no SVG is refused", async () => {
  await expect(toPng("hello")).rejects.toThrow();
});
