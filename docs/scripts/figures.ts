// The figures of the guides, a file for light pages and one for dark: the chapter's, a VGG block and VGG beside a NiN block and NiN, drawn from the nets
// themselves, and those of the plateau and of mixed precision, drawn from results/.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nin, vgg } from "@mlpconv/models";
import { blocksDiagram, withTheme } from "@mlpconv/report";
import { describeNet } from "@mlpconv/runs/recipe";
import { useEngine } from "@mlpconv/tensor";
import { type PlateauResults, plateauFigures } from "../../apps/bench/src/plateau/plateau-figures.js";
import { type PrecisionResults, precisionFigure } from "../../apps/bench/src/precision/precision-figure.js";

const folder = fileURLToPath(new URL("../public/figures", import.meta.url));

// Shapes and counts alone are read; tfjs wants a backend all the same. A quarter of VGG's channels, as d2l trains it, is made faster.
await useEngine("cpu");
const blocks = blocksDiagram([
  describeNet("VGG-11", vgg({ depth: 11, ratio: 4 })),
  describeNet("NiN", nin()),
]);

const results = fileURLToPath(new URL("../../results", import.meta.url));
/** The results that `bench` wrote. */
const measured = <Results>(kind: string): Results => {
  const file = readdirSync(results).find((name) => name.startsWith(`${kind}-`) && name.endsWith(".json"));
  if (!file) throw new Error(`figures: expected ${kind}-*.json in ${results}; run \`pnpm bench ${kind}\``);
  return JSON.parse(readFileSync(join(results, file), "utf8")) as Results;
};
const plateau = plateauFigures(measured<PlateauResults>("plateau"));

const figures = {
  blocks,
  ...Object.fromEntries(Object.entries(plateau).map(([name, svg]) => [`plateau-${name}`, svg])),
  precision: precisionFigure(measured<PrecisionResults>("precision")),
};
mkdirSync(folder, { recursive: true });
for (const [name, svg] of Object.entries(figures))
  for (const theme of ["light", "dark"] as const)
    writeFileSync(join(folder, `${name}-${theme}.svg`), withTheme(svg, theme));
