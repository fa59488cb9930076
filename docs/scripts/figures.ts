// The figures of the guides, a file for light pages and one for dark: the chapter's, a VGG block and VGG beside a NiN block and NiN, drawn from the nets
// themselves, and those of the plateau, drawn from results/.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nin, vgg } from "@mlpconv/models";
import { blocksDiagram, withTheme } from "@mlpconv/report";
import { describeNet } from "@mlpconv/runs/recipe";
import { useEngine } from "@mlpconv/tensor";
import { type PlateauResults, plateauFigures } from "../../apps/bench/src/plateau/plateau-figures.js";

const folder = fileURLToPath(new URL("../public/figures", import.meta.url));

// Shapes and counts alone are read; tfjs wants a backend all the same. A quarter of VGG's channels, as d2l trains it, is made faster.
await useEngine("cpu");
const blocks = blocksDiagram([
  describeNet("VGG-11", vgg({ depth: 11, ratio: 4 })),
  describeNet("NiN", nin()),
]);

const results = fileURLToPath(new URL("../../results", import.meta.url));
const watched = readdirSync(results).find((name) => /^plateau-.*\.json$/.test(name));
if (!watched) throw new Error(`figures: expected plateau-*.json in ${results}; run \`pnpm bench plateau\``);
const plateau = plateauFigures(JSON.parse(readFileSync(join(results, watched), "utf8")) as PlateauResults);

const figures = {
  blocks,
  ...Object.fromEntries(Object.entries(plateau).map(([name, svg]) => [`plateau-${name}`, svg])),
};
mkdirSync(folder, { recursive: true });
for (const [name, svg] of Object.entries(figures))
  for (const theme of ["light", "dark"] as const)
    writeFileSync(join(folder, `${name}-${theme}.svg`), withTheme(svg, theme));
