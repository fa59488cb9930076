// Writes the report's page, and its figures as SVG and PNG.
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, removeTemporaries, systemErrorMessage, writeAtomically } from "@mlpconv/weights/node";
import { comparisonFigures, type Figure, runFigureList } from "../figures.js";
import { type PageOptions, renderPage } from "../page/render-page.js";
import { withTheme } from "../themes.js";
import { replacedNames, withDrawableNames } from "./drawable-names.js";
import { toPng } from "./to-png.js";

/** Scale of PNG files, so that they are sharp in print and on high-resolution screens. */
const scale = 2;

/**
 * Writes report.html and figures/*.svg and *.png into a folder, which is created if missing. Files of an earlier report are replaced. Where the
 * font of PNG figures lacks letters of a class, they show its number, and figures/classes.txt has the names.
 *
 * @returns the paths of the written files, the page first
 * @throws the errors of `renderPage`, before anything is written; Error when a file cannot be written
 */
export const writeReport = async (folder: string, options: PageOptions): Promise<string[]> => {
  const page = renderPage(options);
  const figures = figureFiles(options);
  const drawn = figureFiles({
    ...options,
    runs: options.runs.map(withDrawableNames),
    ...(options.detailed && { detailed: options.detailed.map(withDrawableNames) }),
  });
  const written = [join(folder, "report.html")];
  const write = (path: string, data: string | Uint8Array) =>
    writeAtomically(path, (file) => file.writeFile(data));
  try {
    await makeFolder(join(folder, "figures"));
    await removeLeftovers(folder);
    for (const [i, { name, svg }] of figures.entries()) {
      const path = join(folder, "figures", name);
      const png = await toPng(drawn[i]!.svg, { scale });
      await write(`${path}.svg`, withTheme(svg, "light"));
      await write(`${path}.png`, png);
      written.push(`${path}.svg`, `${path}.png`);
    }
    const legend = join(folder, "figures", "classes.txt");
    const names = [
      ...new Set(
        options.runs.flatMap(({ evaluation, analysis }) =>
          replacedNames(evaluation?.classes.map(({ name }) => name) ?? analysis?.classes ?? []),
        ),
      ),
    ];
    if (names.length > 0) {
      await write(legend, `${names.join("\n")}\n`);
      written.push(legend);
    } else await rm(legend, { force: true });
    await write(written[0]!, page);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
    throw new Error(
      `report: expected ${folder} to be a folder that can be written, got ${systemErrorMessage(cause)}`,
      {
        cause,
      },
    );
  }
  return written;
};

/** Removes partly written files of a report, which a killed process left, and nothing of the run, which another process may be training. */
const removeLeftovers = async (folder: string): Promise<void> => {
  await removeTemporaries(folder, "report.html");
  await removeTemporaries(join(folder, "figures"));
  // Temporary names of earlier versions, which wrote through another library.
  for (const each of [folder, join(folder, "figures")])
    for (const name of await readdir(each))
      if (/\.(html|svg|png)\.\d+$/.test(name)) await rm(join(each, name), { force: true });
};

/** The figures of one run under their own names; with several runs, file names begin with the run's number and name. */
const figureFiles = ({ runs, detailed = runs }: PageOptions): Figure[] => {
  if (runs.length === 1) return runFigureList(runs[0]!);
  const own = detailed.flatMap((run, i) =>
    runFigureList(run).map((one) => ({ ...one, name: `${i + 1}-${fileName(run.name)}-${one.name}` })),
  );
  return [...comparisonFigures(runs), ...own];
};

/** A file name that is valid on every file system. */
const fileName = (name: string): string =>
  [...name.replace(/[^\p{L}\p{M}\p{N}._-]+/gu, "-")].slice(0, 50).join("");
