// Writes the page, and every figure in it as SVG and as PNG.
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { removeTemporaries, systemWords, writeAtomically } from "@mlpconv/weights/node";
import { comparisonFigures, type Figure, runFigureList } from "../figures.js";
import { type PageOptions, renderPage } from "../page/render-page.js";
import { withTheme } from "../themes.js";
import { toPng } from "./to-png.js";

/** So that a figure is sharp in print and on dense screens. */
const scale = 2;

/**
 * report.html, and figures/*.svg and *.png, in a folder that is made if it is not there. Files of an earlier report are replaced.
 *
 * @returns the paths that were written, the page first
 * @throws what `renderPage` throws, before anything is written; Error when a file cannot be written
 */
export const writeReport = async (folder: string, options: PageOptions): Promise<string[]> => {
  const page = renderPage(options);
  const figures = figureFiles(options);
  const written = [join(folder, "report.html")];
  const write = (path: string, data: string | Uint8Array) =>
    writeAtomically(path, (file) => file.writeFile(data));
  try {
    await mkdir(join(folder, "figures"), { recursive: true });
    await removeLeftovers(folder);
    for (const { name, svg } of figures) {
      const path = join(folder, "figures", name);
      const png = await toPng(svg, { scale });
      await write(`${path}.svg`, withTheme(svg, "light"));
      await write(`${path}.png`, png);
      written.push(`${path}.svg`, `${path}.png`);
    }
    await write(written[0]!, page);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
    throw new Error(
      `report: expected ${folder} to be a folder that can be written, got ${systemWords(cause)}`,
      {
        cause,
      },
    );
  }
  return written;
};

/** Removes what a killed process was writing of a report, and nothing of the run, which another process may be training. */
const removeLeftovers = async (folder: string): Promise<void> => {
  await removeTemporaries(folder, "report.html");
  await removeTemporaries(join(folder, "figures"));
  // Names of versions that wrote through another library.
  for (const each of [folder, join(folder, "figures")])
    for (const name of await readdir(each))
      if (/\.(html|svg|png)\.\d+$/.test(name)) await rm(join(each, name), { force: true });
};

/** One run's figures by their own names; of several, those of the i-th that stands by itself begin with its number and name. */
const figureFiles = ({ runs, detailed = runs }: PageOptions): Figure[] => {
  if (runs.length === 1) return runFigureList(runs[0]!);
  const own = detailed.flatMap((run, i) =>
    runFigureList(run).map((one) => ({ ...one, name: `${i + 1}-${fileName(run.name)}-${one.name}` })),
  );
  return [...comparisonFigures(runs), ...own];
};

/** What every file system takes. */
const fileName = (name: string): string =>
  [...name.replace(/[^\p{L}\p{M}\p{N}._-]+/gu, "-")].slice(0, 50).join("");
