// Renews the tables of README.md from the files in results/; with --check it only says whether they are up to date.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Machine {
  cpu: string;
  cores: number;
  node: string;
}
interface StepRow {
  case: string;
  size: number;
  batch: number;
  engine: string;
  imagesPerSecond: number;
  peakRssBytes: number;
  peer?: string;
  peerImagesPerSecond?: number;
  ratio?: number;
}
interface LoaderRow {
  case: string;
  batch: number;
  engine: string;
  loaderImagesPerSecond: number;
  trainingImagesPerSecond: number;
  ratio: number;
}
interface KernelRow {
  layer: string;
  forward: number;
  gradInput: number;
  gradFilter: number;
}

const results = <Row>(beginning: string): { machine: Machine; date: string; rows: Row[] }[] =>
  readdirSync("results")
    .filter((name) => name.startsWith(`${beginning}-`) && name.endsWith(".json"))
    .toSorted()
    .map((name) => JSON.parse(readFileSync(join("results", name), "utf8")));

const table = (head: string[], rows: string[][]): string =>
  [head, head.map((_, i) => (i === 0 ? "---" : "---:")), ...rows]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");

const where = ({ cpu, cores, node }: Machine, date: string) =>
  `${cpu}, ${cores} cores, Node ${node}, ${date}.`;
const images = (value: number | undefined) => (value === undefined ? "" : value.toFixed(value < 100 ? 1 : 0));

/** What stands between `<!-- results:NAME -->` and `<!-- /results -->`, by the kind with which NAME, a file name's beginning, begins. */
const sections: Record<string, (name: string) => string> = {
  step: (name) =>
    results<StepRow>(name)
      .map(({ machine, date, rows }) => {
        const peer = rows[0]?.peer;
        const head = [
          "training step",
          "batch",
          "images/s",
          "peak memory",
          ...(peer ? [`${peer} (2 threads)`, "ratio"] : []),
        ];
        const lines = rows.map((row) => [
          `${row.case} on \`${row.engine}\``,
          String(row.batch),
          images(row.imagesPerSecond),
          `${Math.round(row.peakRssBytes / 2 ** 20)} MiB`,
          ...(peer ? [images(row.peerImagesPerSecond), row.ratio?.toFixed(2) ?? ""] : []),
        ]);
        return `${table(head, lines)}\n\n${where(machine, date)}`;
      })
      .join("\n\n"),
  loader: (name) =>
    results<LoaderRow>(name)
      .flatMap(({ rows }) => rows)
      .map(
        (row) =>
          `The loader alone gives ${images(row.loaderImagesPerSecond)} images/s of \`${row.case}\` batches, ${row.ratio.toFixed(0)} times what the step on \`${row.engine}\` consumes (${images(row.trainingImagesPerSecond)} images/s).`,
      )
      .join("\n"),
  kernels: (name) =>
    results<KernelRow>(name)
      .map(({ machine, date, rows }) => {
        const lines = rows.map((row) => [
          row.layer,
          ...[row.forward, row.gradInput, row.gradFilter].map((v) => v.toFixed(1)),
        ]);
        return `${table(["GFLOP/s", "forward", "input gradient", "filter gradient"], lines)}\n\n${where(machine, date)}`;
      })
      .join("\n\n"),
};

for (const path of ["README.md", "packages/engine-native/README.md", "packages/engine-wasm/README.md"]) {
  const before = readFileSync(path, "utf8");
  const after = before.replace(
    /(<!-- results:(\w+)(\S*) -->\n).*?(<!-- \/results -->)/gs,
    (whole, open: string, kind: string, rest: string, close: string) =>
      sections[kind] ? `${open}${sections[kind](kind + rest)}\n${close}` : whole,
  );
  if (process.argv.includes("--check")) {
    if (after !== before) {
      console.error(`${path}: its tables are not those of results/; run \`pnpm readme\``);
      process.exitCode = 1;
    }
  } else if (after !== before) {
    writeFileSync(path, after);
    console.log(`renewed ${path}`);
  }
}
