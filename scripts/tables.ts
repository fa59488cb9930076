// Markdown tables, and figures in them.
export const table = (head: string[], rows: string[][]): string =>
  [head, head.map((_, i) => (i === 0 ? "---" : "---:")), ...rows]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");

export const median = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
};

export const percent = (share: number | undefined) => `${Math.round((share ?? 0) * 100)} %`;
