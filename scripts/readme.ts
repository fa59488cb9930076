// Renews the tables of READMEs and guides from the files in results/; with --check it only says whether they are up to date.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type PlateauRow, plateau, type StartRow, starts } from "./plateau-table.js";
import { type GpuRecipeResult, type RecipeRow, recipe, recipeOnGpu } from "./recipe-tables.js";
import { chinese, english, type Words } from "./results-words.js";
import { percent, table } from "./tables.js";

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
  /** Precision of our engine if not float32; PyTorch computes in bfloat16 then. */
  precision?: "mixed";
  imagesPerSecond: number;
  peakRssBytes: number;
  peer?: string;
  peerThreads?: number;
  peerImagesPerSecond?: number;
  peerPeakRssBytes?: number;
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
interface HostRow {
  case: string;
  dispatches: number;
  recordedMilliseconds: number;
  plainMilliseconds: number;
}
interface KernelRow {
  layer: string;
  direction: "forward" | "gradInput" | "gradFilter";
  gflops: number;
  /** Engine native only. */
  algorithm?: string;
  directGflops?: number;
  ofPeak?: number;
  ofBandwidth?: number;
}
interface ThreadsRow {
  case: string;
  batch: number;
  threads: number;
  oneThreadImagesPerSecond: number;
  imagesPerSecond: number;
  ratio: number;
}
interface BrowserRow {
  case: string;
  batch: number;
  threads: number;
  browserSecondsPerStep: number;
  nodeSecondsPerStep: number;
  ratio: number;
}

interface GpuSpeed {
  /** Each step's loss waited for. */
  imagesPerSecond: number;
}
interface GpuStepRow {
  case: string;
  batch: number;
  ours: (GpuSpeed & { way: string })[];
  peers: (GpuSpeed & { precision: string; peer: string })[];
}
interface GpuResult {
  machine: { gpu: string; driver: string; dawn: string; node: string };
  date: string;
  rows: GpuStepRow[];
}

interface DistributedResult {
  machine: Machine;
  date: string;
  processes: number;
  bound: boolean;
  library: string;
  scaling: {
    case: string;
    batch: number;
    imagesPerSecond: number;
    processesImagesPerSecond: number;
    speedup: number;
    wholeImagesPerSecond: number;
    weakImagesPerSecond: number;
    weakSpeedup: number;
  }[];
  shards: { case: string; batch: number; shards: number; ratio: number; cpuRatio: number }[];
  allReduce: { transport: string; floats: number; seconds: number; gigabytesPerSecond: number }[];
  model: {
    case: string;
    limits: {
      gigabitsPerSecond: number;
      batch: number;
      efficientNodes: number;
      fastestNodes: number;
      fastestImagesPerSecond: number;
    }[];
  };
}

interface OpsResult {
  machine: Machine;
  date: string;
  threads: number;
  faster: number;
  equal: number;
  slower: string[];
  rows: { operation: string; stock: number; ours: number; allThreads: number; ratio: number }[];
}

interface WasmResult {
  machine: Machine;
  date: string;
  rows: { case: string; batch: number; threads: number; imagesPerSecond: Record<string, number> }[];
  convolutions: {
    layer: string;
    direction: KernelRow["direction"];
    wasm: number;
    nativeBaseline: number;
    jax: number;
  }[];
}

interface Result<Row> {
  machine: Machine;
  date: string;
  rows: Row[];
  /** Images in a batch and the engine's device, for kernels. */
  batch?: number;
  device?: string;
  /** Peak speed, for kernels on engine native. */
  peakGflops?: number;
  gigabytesPerSecond?: number;
}

const results = <Row>(beginning: string): Result<Row>[] =>
  readdirSync("results")
    .filter((name) => name.startsWith(`${beginning}-`) && name.endsWith(".json"))
    .toSorted()
    .map((name) => JSON.parse(readFileSync(join("results", name), "utf8")));

const where = ({ cpu, cores, node }: Machine, date: string, words: Words = english) =>
  words.machine(cpu, cores, node, date);
const images = (value: number | undefined) => (value === undefined ? "" : value.toFixed(value < 100 ? 1 : 0));

const mebibytes = (bytes: number | undefined) =>
  bytes === undefined ? "" : `${Math.round(bytes / 2 ** 20)} MiB`;
const DIRECTIONS = { forward: "forward", gradInput: "input gradient", gradFilter: "filter gradient" };

const onGpu = ({ machine, date, rows }: GpuResult, words: Words): string => {
  const lines = rows.map(({ case: net, batch, ours, peers }) => {
    const our = (way: string) => ours.find((one) => one.way === way)?.imagesPerSecond;
    const peer = (precision: string) => peers.find((one) => one.precision === precision)!.imagesPerSecond;
    const ratio = (way: string, precision: string) => `**${((our(way) ?? 0) / peer(precision)).toFixed(2)}**`;
    return [
      net,
      String(batch),
      images(our("full")),
      images(peer("fp32")),
      ratio("full", "fp32"),
      images(our("mixed")),
      images(peer("tf32")),
      ratio("mixed", "tf32"),
      images(peer("bf16")),
    ];
  });
  const { gpu, driver, dawn, node } = machine;
  const head = [`${words.step}, ${words.imagesPerSecond}`, words.batch, ...words.gpuStep];
  return `${table(head, lines)}\n\n${words.gpuMachine(gpu, driver, `${rows[0]!.peers[0]!.peer}, Dawn ${dawn}, Node ${node}`, date)}`;
};

const besidePytorch = (what: "step" | "predict") => (name: string, words: Words) =>
  results<StepRow>(name)
    .map(({ machine, date, rows }) => {
      const { peer, peerThreads, precision } = rows[0]!;
      const lines = rows.map((row) => [
        words.on(row.case, row.engine) + (precision ? `, ${precision}` : ""),
        String(row.batch),
        images(row.imagesPerSecond),
        ...(peer ? [images(row.peerImagesPerSecond), `**${row.ratio?.toFixed(2)}**`] : []),
        mebibytes(row.peakRssBytes),
        ...(peer ? [mebibytes(row.peerPeakRssBytes)] : []),
      ]);
      const theirs = peer
        ? [words.peer(precision ? `${peer} (bfloat16)` : peer, peerThreads), words.ratio]
        : [];
      const memory = [words.peakMemory, ...(peer ? [words.peerPeakMemory] : [])];
      const head = [words[what], words.batch, words.imagesPerSecond, ...theirs, ...memory];
      return `${table(head, lines)}\n\n${where(machine, date, words)}`;
    })
    .join("\n\n");

/** What a convolution's name says, and what its GFLOP/s count. */
const legend = (rows: readonly { layer: string }[]): string => {
  const { layer } = rows[Math.min(6, rows.length - 1)]!;
  const [, window, stride, from, to, side] = /^(\d+x\d+)\/(\d+) (\d+)->(\d+) @(\d+)$/.exec(layer)!;
  return `\`${layer}\` has a window of ${window}, stride ${stride}, ${from} input and ${to} output channels, and images of ${side} x ${side} pixels. GFLOP/s count a multiply-add as two operations, those of the direct sum also where Winograd's algorithm needs fewer.`;
};

const nativeKernels = ({ rows, peakGflops, gigabytesPerSecond }: Result<KernelRow>): string => {
  const head = [
    "convolution",
    "direction",
    "GFLOP/s",
    "algorithm",
    "direct: GFLOP/s",
    "direct: share of FMA peak",
    "direct: share of memory speed",
  ];
  const lines = rows.map((row) => [
    row.layer,
    DIRECTIONS[row.direction],
    row.gflops.toFixed(0),
    row.algorithm ?? "",
    row.directGflops?.toFixed(0) ?? "",
    percent(row.ofPeak),
    percent(row.ofBandwidth),
  ]);
  return `${table(head, lines)}\n\nOn all threads fused multiply-adds (FMA) reach ${peakGflops?.toFixed(0)} GFLOP/s and the memory ${gigabytesPerSecond?.toFixed(0)} GB/s.`;
};

const kernels = ({ rows }: Result<KernelRow>): string => {
  const of = (layer: string, direction: string) =>
    rows.find((row) => row.layer === layer && row.direction === direction)?.gflops.toFixed(1) ?? "";
  const layers = [...new Set(rows.map(({ layer }) => layer))];
  const directions = Object.keys(DIRECTIONS);
  return table(
    ["convolution, GFLOP/s", ...Object.values(DIRECTIONS)],
    layers.map((layer) => [layer, ...directions.map((direction) => of(layer, direction))]),
  );
};

/** Scaling, shards and sums as measured, and the model's limits. */
const distributed = (result: DistributedResult): string => {
  const { machine, date, processes, bound, library, scaling, shards, allReduce, model } = result;
  const times = (value: number) => `**${value.toFixed(2)}**`;
  const counts = [...new Set(shards.map((row) => row.shards))];
  const shard = (net: string, key: "ratio" | "cpuRatio") =>
    counts.map(
      (count) => shards.find((row) => row.case === net && row.shards === count)?.[key].toFixed(3) ?? "",
    );
  const tables = [
    table(
      [
        "training step, images/s",
        "batch",
        "1 process",
        `${processes} processes`,
        "speedup",
        "1 process, whole batch",
        `${processes} processes, ${processes} batches`,
        "speedup",
      ],
      scaling.map((row) => [
        row.case,
        String(row.batch),
        images(row.imagesPerSecond),
        images(row.processesImagesPerSecond),
        times(row.speedup),
        images(row.wholeImagesPerSecond),
        images(row.weakImagesPerSecond),
        times(row.weakSpeedup),
      ]),
    ),
    table(
      [
        "step in shards / step of a whole batch",
        ...counts.map((count) => `${count} ${count === 1 ? "shard" : "shards"}`),
      ],
      scaling.flatMap(({ case: net, batch }) => [
        [`${net}, batch ${batch}: time`, ...shard(net, "ratio")],
        [`${net}, batch ${batch}: CPU time`, ...shard(net, "cpuRatio")],
      ]),
    ),
    table(
      [`sum over ${processes} ranks`, "floats", "ms", "GB/s"],
      allReduce.map(({ transport, floats, seconds, gigabytesPerSecond }) => [
        transport,
        floats.toLocaleString("en-US"),
        (seconds * 1000).toFixed(seconds < 0.001 ? 3 : 1),
        gigabytesPerSecond.toFixed(2),
      ]),
    ),
    table(
      [`computed: ${model.case}`, "global batch", "80 % efficient up to", "fastest on", "images/s there"],
      model.limits.map(
        ({ gigabitsPerSecond, batch, efficientNodes, fastestNodes, fastestImagesPerSecond }) => [
          `${gigabitsPerSecond} Gb/s`,
          String(batch),
          `${efficientNodes} nodes`,
          `${fastestNodes} nodes`,
          images(fastestImagesPerSecond),
        ],
      ),
    ),
  ];
  const how = `${library}, one thread a process${bound ? ", each on a core of its own" : ""}.`;
  return `${tables.join("\n\n")}\n\n${where(machine, date)} ${how}`;
};

/** How many operations of tfjs's own backend are faster and slower here, and the slower ones. */
const ops = ({ machine, date, threads, faster, equal, slower, rows }: OpsResult): string => {
  const counts = `${faster} are faster here, ${equal} equal within a tenth, ${slower.length} slower`;
  const milliseconds = (value: number) => value.toFixed(3);
  const lines = rows
    .filter(({ operation }) => slower.includes(operation))
    .map(({ operation, stock, ours, allThreads, ratio }) => [
      `\`${operation}\``,
      ...[stock, ours, allThreads].map(milliseconds),
      `**${ratio.toFixed(2)}**`,
    ]);
  const [stock, ours] = ["tfjs's `wasm`", "this `wasm`"];
  const head = [
    "operation, ms",
    `${stock}, 1 thread`,
    `${ours}, 1 thread`,
    `${ours}, ${threads} threads`,
    "this / tfjs's, 1 thread",
  ];
  const list = lines.length > 0 ? `:\n\n${table(head, lines)}` : ".";
  return `Of ${rows.length} operations on one thread, ${counts}${list}\n\n${where(machine, date)}`;
};

/** Training steps beside PyTorch, on one thread and on all, and convolutions beside jax-js and native's code without wide vectors. */
const wasm = ({ machine, date, rows, convolutions }: WasmResult): string => {
  const steps = table(
    ["training step", "batch", "threads", "`wasm`: images/s", "PyTorch: images/s", "`wasm` / PyTorch"],
    rows.map(({ case: net, batch, threads, imagesPerSecond: { ours, pytorch } }) => [
      net,
      String(batch),
      String(threads),
      images(ours),
      images(pytorch),
      `**${(ours! / pytorch!).toFixed(2)}**`,
    ]),
  );
  const sums = table(
    ["convolution, one thread, GFLOP/s", "direction", "`wasm`", "`native`, 128-bit vectors", "jax-js"],
    convolutions.map((row) => [
      row.layer,
      DIRECTIONS[row.direction],
      ...[row.wasm, row.nativeBaseline].map((value) => value.toFixed(1)),
      row.jax.toFixed(2),
    ]),
  );
  return `${steps}\n\n${sums}\n\n${legend(convolutions)}\n\n${where(machine, date)}`;
};

const bySpeed = besidePytorch("step");

/** What stands between `<!-- results:NAME -->` and `<!-- /results -->`, by the kind with which NAME, a file name's beginning, begins. */
const sections: Record<string, (name: string, words: Words) => string> = {
  step: (name, words) =>
    name.startsWith("step-webgpu")
      ? (results<GpuStepRow>(name) as unknown as GpuResult[])
          .map((result) => onGpu(result, words))
          .join("\n\n")
      : bySpeed(name, words),
  predict: besidePytorch("predict"),
  threads: (name, words) =>
    results<ThreadsRow>(name)
      .flatMap(({ rows }) => rows)
      .map(({ case: net, oneThreadImagesPerSecond, imagesPerSecond, threads, ratio }) =>
        words.threads(
          net,
          images(oneThreadImagesPerSecond),
          images(imagesPerSecond),
          threads,
          ratio.toFixed(2),
        ),
      )
      .join("\n"),
  recipe: (name, words) =>
    results<RecipeRow>(name)
      .map((result) =>
        "gpu" in result.machine
          ? recipeOnGpu(result as unknown as GpuRecipeResult, words)
          : `${recipe(result, words)}\n\n${where(result.machine, result.date, words)}`,
      )
      .join("\n\n"),
  plateau: (name, words) =>
    results<PlateauRow>(name)
      .map(({ machine, date, rows }) => `${plateau(rows, words)}\n\n${where(machine, date, words)}`)
      .join("\n\n"),
  starts: (name, words) =>
    (results(name.replace("starts", "plateau")) as unknown as { starts: StartRow[] }[])
      .map((result) =>
        starts(
          result.starts,
          results<RecipeRow & { flags: string }>("recipe-alone-native").flatMap(({ rows }) => rows),
          words,
        ),
      )
      .join("\n\n"),
  distributed: (name) => (results(name) as unknown as DistributedResult[]).map(distributed).join("\n\n"),
  wasm: (name) => (results(name) as unknown as WasmResult[]).map(wasm).join("\n\n"),
  ops: (name) => (results(name) as unknown as OpsResult[]).map(ops).join("\n\n"),
  loader: (name, words) =>
    results<LoaderRow>(name)
      .flatMap(({ rows }) => rows)
      .map(({ case: net, loaderImagesPerSecond, ratio, engine, trainingImagesPerSecond }) =>
        words.loader(
          net,
          images(loaderImagesPerSecond),
          ratio.toFixed(0),
          engine,
          images(trainingImagesPerSecond),
        ),
      )
      .join("\n"),
  browser: (name) =>
    (results<BrowserRow>(name) as (Result<BrowserRow> & { chromium: string })[])
      .map(({ machine, date, chromium, rows }) => {
        const milliseconds = (seconds: number) => (1000 * seconds).toFixed(0);
        const lines = rows.map((row) => [
          row.case,
          String(row.batch),
          String(row.threads),
          milliseconds(row.browserSecondsPerStep),
          milliseconds(row.nodeSecondsPerStep),
          `**${row.ratio.toFixed(2)}**`,
        ]);
        const head = ["training step", "batch", "threads", "Chromium: ms", "Node: ms", "Chromium / Node"];
        return `${table(head, lines)}\n\n${where(machine, date)} Chromium ${chromium.split(".")[0]}.`;
      })
      .join("\n\n"),
  host: (name) =>
    results<HostRow>(name)
      .map(({ machine, date, rows }) => {
        const lines = rows.map((row) => [
          row.case,
          String(row.dispatches),
          row.plainMilliseconds.toFixed(1),
          `**${row.recordedMilliseconds.toFixed(2)}**`,
        ]);
        const head = ["training step", "dispatches", "host, unrecorded: ms", "host, recorded: ms"];
        return `${table(head, lines)}\n\n${where(machine, date)}`;
      })
      .join("\n\n"),
  kernels: (name) =>
    results<KernelRow>(name)
      .map((result) => {
        const figures = result.peakGflops ? nativeKernels(result) : kernels(result);
        const how = ` Batches of ${result.batch}, ${result.device}.`;
        return `${figures}\n\n${legend(result.rows)}${how}\n\n${where(result.machine, result.date)}`;
      })
      .join("\n\n"),
};

const pages: readonly (readonly [path: string, words: Words])[] = [
  ["README.md", english],
  ["README.zh.md", chinese],
  ["results/README.md", english],
  ["packages/engine-native/README.md", english],
  ["packages/engine-wasm/README.md", english],
  ["packages/engine-webgpu/README.md", english],
  ["docs/guide/performance.md", english],
  ["docs/guide/plateau.md", english],
  ["docs/zh/guide/plateau.md", chinese],
];

for (const [path, words] of pages) {
  const before = readFileSync(path, "utf8");
  const after = before.replace(
    /(<!-- results:(\w+)(\S*) -->\n).*?(<!-- \/results -->)/gs,
    (whole, open: string, kind: string, rest: string, close: string) =>
      sections[kind] ? `${open}${sections[kind](kind + rest, words)}\n${close}` : whole,
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
