// The chapter's figure, a VGG block and VGG beside a NiN block and NiN, drawn from the nets themselves: a file for light pages and one for dark.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nin, vgg } from "@mlpconv/models";
import { blocksDiagram, withTheme } from "@mlpconv/report";
import { describeNet } from "@mlpconv/runs/recipe";
import { useEngine } from "@mlpconv/tensor";

const folder = fileURLToPath(new URL("../public/figures", import.meta.url));

// Shapes and counts alone are read; tfjs wants a backend all the same. A quarter of VGG's channels, as d2l trains it, is made faster.
await useEngine("cpu");
const figure = blocksDiagram([
  describeNet("VGG-11", vgg({ depth: 11, ratio: 4 })),
  describeNet("NiN", nin()),
]);
mkdirSync(folder, { recursive: true });
for (const theme of ["light", "dark"] as const) {
  writeFileSync(join(folder, `blocks-${theme}.svg`), withTheme(figure, theme));
}
