import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Run } from "@mlpconv/runs";
import { killedAt } from "@mlpconv/testing";
import { decode } from "fast-png";
import { afterAll, expect, test, vi } from "vitest";
import { sampleRun } from "../../../runs/test/sample-run.js";
import { renderPage } from "../page/render-page.js";
import { writeReport } from "./write-report.js";

// Skips PNG rendering in tests that ask for it because they write many reports.
const png = vi.hoisted(() => ({ fake: false }));
vi.mock("./to-png.js", async (original) => {
  const { toPng } = await original<typeof import("./to-png.js")>();
  return { toPng: (...args: Parameters<typeof toPng>) => (png.fake ? Uint8Array.of(1, 2) : toPng(...args)) };
});

const root = mkdtempSync(join(tmpdir(), "write-report-"));
afterAll(() => rmSync(root, { recursive: true }));

test("a report of one run has the page, and each figure as SVG and as PNG at twice its size", async () => {
  const folder = join(root, "new", "one");
  const runs = [sampleRun()];
  const written = await writeReport(folder, { runs });
  expect(written[0]).toBe(join(folder, "report.html"));
  expect(readFileSync(written[0]!, "utf8")).toBe(renderPage({ runs }));
  expect(readdirSync(join(folder, "figures"))).toHaveLength(12);
  expect(written).toHaveLength(13);
  for (const path of written) expect(existsSync(path)).toBe(true);

  const svg = readFileSync(join(folder, "figures", "confusion.svg"), "utf8");
  expect(svg).not.toContain("var(");
  const width = Number(/ width="(\d+)"/.exec(svg)![1]);
  expect(decode(readFileSync(join(folder, "figures", "confusion.png"))).width).toBe(2 * width);
});

test("a report of several runs names figures by number and run, whatever the run's name", async () => {
  const folder = join(root, "two");
  const runs = [sampleRun({ name: "../a b" }), sampleRun({ name: "../a b" })];
  await writeReport(folder, { runs });
  const names = readdirSync(join(folder, "figures"));
  expect(names).toHaveLength(2 * (6 + 6 + 4));
  expect(names).toContain("1-..-a-b-curves.svg");
  expect(names).toContain("2-..-a-b-curves.svg");
  expect(names).toContain("test-accuracy.png");
});

test("a report of several runs also draws the chosen runs by themselves", async () => {
  const folder = join(root, "one-of-two");
  const runs = [sampleRun({ name: "a" }), sampleRun({ name: "b" })];
  await writeReport(folder, { runs, detailed: runs.slice(1) });
  const names = readdirSync(join(folder, "figures"));
  expect(names).toHaveLength(2 * (6 + 4));
  expect(names).toContain("1-b-curves.svg");
  const page = readFileSync(join(folder, "report.html"), "utf8");
  expect(page.match(/<section id="run-/g)).toHaveLength(1);
});

test("the temporary files of a killed report are removed", async () => {
  const folder = join(root, "killed");
  mkdirSync(join(folder, "figures"), { recursive: true });
  const left = [join(folder, "report.html.123"), join(folder, "figures", "curves.svg.456")];
  const mine = join(folder, "notes.123");
  for (const path of [...left, mine]) writeFileSync(path, "");
  await expect(writeReport(folder, { runs: [sampleRun({ events: [] })] })).resolves.toBeDefined();
  expect([...left, mine].map((path) => existsSync(path))).toEqual([false, false, true]);
});

test("refused runs leave an earlier report as it was", async () => {
  const folder = join(root, "two");
  const before = readFileSync(join(folder, "report.html"), "utf8");
  await expect(writeReport(folder, { runs: [] })).rejects.toThrow(/at least one run/);
  expect(readFileSync(join(folder, "report.html"), "utf8")).toBe(before);
});

test("a folder that cannot be made is an error", async () => {
  writeFileSync(join(root, "file"), "");
  await expect(writeReport(join(root, "file", "folder"), { runs: [sampleRun()] })).rejects.toThrow(
    /^report: expected .*folder to be a folder that can be written, got .*(ENOTDIR|EEXIST)/,
  );
});

test("the next report writes the same files and leaves nothing else wherever the last one was killed, and a run's files stay", async () => {
  png.fake = true;
  const folder = join(root, "sweep");
  const runs = [sampleRun()];
  const mine = join(folder, ".state.safetensors.01234567.tmp");
  const contents = () =>
    Object.fromEntries(
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), "hex")])
        .toSorted(),
    );
  const report = () => writeReport(folder, { runs });
  const { calls } = await killedAt({}, report);
  expect(new Set(calls)).toEqual(new Set(["mkdir", "open", "writeFile", "sync", "rename", "rm"]));
  // What a process that trains is writing.
  writeFileSync(mine, "");
  const expected = contents();
  // Five calls a file: each kind of call comes, in the first file and in others. `KILLS=all` tries every one.
  const step = process.env.KILLS === "all" ? 1 : 7;
  for (let n = 1; n <= calls.length; n += step) {
    await killedAt({ n, half: n % 2 === 0 }, report);
    await report();
    expect(contents(), `call ${n}, ${calls[n - 1]}`).toEqual(expected);
  }
  png.fake = false;
});

test("PNG figures show the number of a class whose letters the font lacks, and a file has the names", async () => {
  const folder = join(root, "letters");
  const named = (name: string): Run => {
    const run = sampleRun();
    return {
      ...run,
      evaluation: {
        ...run.evaluation!,
        classes: run.evaluation!.classes.map((each, i) => (i === 1 ? { ...each, name } : each)),
      },
    };
  };
  await writeReport(folder, { runs: [named("鞋")] });
  const confusion = (of: string) => readFileSync(join(of, "figures", "confusion.png"));
  expect(readFileSync(join(folder, "figures", "classes.txt"), "utf8")).toBe("class 1: 鞋\n");
  expect(readFileSync(join(folder, "figures", "confusion.svg"), "utf8")).toContain("鞋");

  const other = join(root, "letters-other");
  await writeReport(other, { runs: [named("class 1")] });
  expect(existsSync(join(other, "figures", "classes.txt"))).toBe(false);
  expect(confusion(folder).equals(confusion(other))).toBe(true);
});
