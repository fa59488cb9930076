// The table of `engines`.
import type { EngineStatus } from "@mlpconv/tensor";

/** An engine and, where it is usable, how fast it was just now. */
export type MeasuredEngine = EngineStatus & { gigaMacsPerSecond?: number };

/** A row for each engine; what stands in the way, and the fix, where it is not usable. */
export const enginesTable = (found: readonly MeasuredEngine[], auto: string | null): string[] => {
  const rows = found.map((engine) => [
    engine.name,
    !engine.usable ? "no" : engine.name === auto ? "yes, auto" : "yes",
    engine.gpu ? "GPU" : "CPU",
    engine.gigaMacsPerSecond === undefined ? "" : speed(engine.gigaMacsPerSecond),
    engine.usable ? engine.device : `${engine.reason}; ${engine.fix}`,
  ]);
  const table = [["engine", "usable", "on", "GMAC/s", "device, or what is missing"], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table.map((row) =>
    row
      .map((cell, column) => (column === 3 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
};

const speed = (gigaMacs: number): string => gigaMacs.toPrecision(gigaMacs < 100 ? 2 : 3);
