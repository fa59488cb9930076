import { expect, it } from "vitest";
import { openTerminal, wrapHelp, wrapLine } from "./terminal.js";

/** Columns of a row: Chinese characters take two. */
const widthOf = (row: string): number => row.length + (row.match(/\p{Script=Han}/gu)?.length ?? 0);

const preset =
  "preset   quick: 3 epochs in batches of 64, SGD at 0.1, momentum 0.9, warm-up over 5% of the steps, then a cosine";

it("a header line of 80 columns wraps at words, below its text", () => {
  expect(wrapLine(preset, 80).split("\n")).toEqual([
    "preset   quick: 3 epochs in batches of 64, SGD at 0.1, momentum 0.9, warm-up",
    "         over 5% of the steps, then a cosine",
  ]);
});

it("an epoch's line wraps below its figures", () => {
  const line = "epoch 10/10  loss 0.612  train acc 0.772  test acc 0.790  12,412 images/s  1 min 01 s";
  expect(wrapLine(line, 80).split("\n")).toEqual([
    "epoch 10/10  loss 0.612  train acc 0.772  test acc 0.790  12,412 images/s  1 min",
    "             01 s",
  ]);
});

it("a help text wraps at words, an explanation below its example", () => {
  const help = [
    "  pnpm train                                     a small net of the NiN family, within minutes on a CPU",
    "  pnpm train --limit 6400",
    "  quick  shows a net learning within minutes, which is what a first try is for (default without a GPU)",
    `${" ".repeat(47)}the same for a program`,
    "A run is kept in runs/<name>: config.json, events.jsonl, last.safetensors and best.safetensors",
    "(which PyTorch opens).",
    "Exit codes: 0 done.",
  ].join("\n");
  expect(wrapHelp(help, 80).split("\n")).toEqual([
    "  pnpm train",
    "      a small net of the NiN family, within minutes on a CPU",
    "  pnpm train --limit 6400",
    "  quick  shows a net learning within minutes, which is what a first try is for",
    "         (default without a GPU)",
    "      the same for a program",
    "A run is kept in runs/<name>: config.json, events.jsonl, last.safetensors and",
    "best.safetensors (which PyTorch opens). Exit codes: 0 done.",
  ]);
  expect(wrapHelp(help, 150)).toBe(help);
});

it.each([40, 60, 80, 120])("no word is lost or broken, and none stands beyond column %d", (columns) => {
  const wide = `kept in  runs/${"网络".repeat(4)} and ${"more words ".repeat(20)}`.trimEnd();
  for (const line of [preset, wide, `         ${preset}`]) {
    const rows = wrapLine(line, columns).split("\n");
    expect(rows.join(" ").split(/\s+/)).toEqual(line.split(/\s+/));
    for (const row of rows) expect(widthOf(row)).toBeLessThanOrEqual(columns);
  }
});

it("a line that fits stays as it is, its spaces too", () => {
  for (const line of ["", "    1.00 ┼╮  ╭─", "a  b", "training on native"])
    expect(wrapLine(line, 80)).toBe(line);
});

it.each([
  [true, 50, "preset   quick: 3 epochs in batches of 64, SGD at\n         0.1"],
  [undefined, undefined, preset],
  // The terminal that Open MPI's mpirun makes, though its output goes to a file.
  [true, 0, preset],
])(
  "wraps and colours what is said on a terminal (%s, %s columns) and nothing in a file",
  (isTTY, width, begins) => {
    const { write, columns, hasColors } = process.stderr;
    const before = process.stderr.isTTY;
    const written: string[] = [];
    Object.assign(process.stderr, {
      isTTY,
      columns: width,
      hasColors: () => true,
      write: (text: string) => written.push(text) > 0,
    });
    try {
      const terminal = openTerminal({ json: true });
      terminal.say(preset);
      terminal.live(() => "live");
      terminal.close();
      expect(terminal.colours).toBe(width === 50);
    } finally {
      Object.assign(process.stderr, { isTTY: before, columns, hasColors, write });
    }
    expect(written.join("")).toContain(begins);
    if (width !== 50) expect(written).toEqual([`${begins}\n`]);
  },
);
