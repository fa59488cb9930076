// The table of `engines`.
import { wrapLine } from "@mlpconv/cli-kit";
import type { EngineStatus } from "@mlpconv/tensor";

/** An engine and, where it is usable, how fast it was just now. */
export type MeasuredEngine = EngineStatus & { gigaMacsPerSecond?: number };

const speedNote =
  "GMAC/s: thousand million multiply-accumulates a second, in training steps of a 3x3 convolution";

/**
 * A row for each engine, with the reason and the fix where it is not usable, and a line that explains the unit if an engine was measured.
 *
 * @param columns width of the terminal, at which the last column wraps
 */
export const enginesTable = (
  found: readonly MeasuredEngine[],
  auto: string | null,
  columns = Number.POSITIVE_INFINITY,
): string[] => {
  const rows = found.map((engine) => [
    engine.name,
    !engine.usable ? "no" : engine.name === auto ? "yes, auto" : "yes",
    engine.gpu ? "GPU" : "CPU",
    engine.gigaMacsPerSecond === undefined ? "" : speed(engine.gigaMacsPerSecond),
    engine.usable ? engine.device : `${engine.reason}; ${engine.fix}`,
  ]);
  const table = [["engine", "usable", "on", "GMAC/s", "device, or what is missing"], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const note = found.some(({ usable }) => usable) ? ["", ...wrapLine(speedNote, columns).split("\n")] : [];
  const lines = table.flatMap((row) => {
    const cells = row.map((cell, column) =>
      column === 3 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
    );
    const figures = `${cells.slice(0, -1).join("  ")}  `;
    // The last column holds sentences: they wrap within it.
    const words = wrapLine(row.at(-1)!, Math.max(narrowest, columns - figures.length)).split("\n");
    return words.map((text, i) => (i === 0 ? figures : " ".repeat(figures.length)) + text);
  });
  return [...lines, ...note];
};

const narrowest = 20;

const speed = (gigaMacs: number): string => gigaMacs.toPrecision(gigaMacs < 100 ? 2 : 3);
