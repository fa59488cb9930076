// The combinations of a grid as people read them: which was best, and which were stopped when and why.
import type { Comparison, GridRow } from "./comparison.js";

const heads = ["net", "combination", "validation accuracy", "outcome"];

const outcomeWords = ({ outcome, reason }: GridRow): string => `${outcome}: ${reason}`;

/** The cells of the table, its heads first; none without a grid. Within a net the best comes first. */
const gridCells = ({ grid = [] }: Pick<Comparison, "grid">): string[][] => {
  if (grid.length === 0) return [];
  const nets = [...new Set(grid.map(({ model }) => model))];
  const sorted = nets.flatMap((net) =>
    grid
      .filter(({ model }) => model === net)
      .sort((a, b) => b.epochs - a.epochs || (b.validationAccuracy ?? -1) - (a.validationAccuracy ?? -1)),
  );
  return [
    heads,
    ...sorted.map((row) => [
      row.model,
      row.words,
      row.validationAccuracy === null ? "none" : row.validationAccuracy.toFixed(4),
      outcomeWords(row),
    ]),
  ];
};

/** The table for a terminal: a combination a line. */
export const gridLines = (comparison: Pick<Comparison, "grid">): string[] => {
  const cells = gridCells(comparison);
  const widths = heads.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  return cells.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join("  ")
      .trimEnd(),
  );
};

/** The table in Markdown. */
export const gridMarkdown = (comparison: Pick<Comparison, "grid">): string[] => {
  const [head, ...body] = gridCells(comparison);
  if (!head) return [];
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...body.map(line), ""];
};
