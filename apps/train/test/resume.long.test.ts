// A run that is killed at random moments and resumed each time ends as one that was never stopped: same weights, same events, same
// figures, to the bit. `KILLS=50` kills that often on each engine.
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fashionMnist } from "@mlpconv/datasets";
import { useEngine } from "@mlpconv/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run, start } from "./program.js";

const missing = await fashionMnist({ download: false }).then(
  () => undefined,
  (error: Error) => error.message,
);
if (missing) console.warn(`skipped: resumed runs, because Fashion-MNIST is not on this machine\n${missing}`);

const kills = Number(process.env.KILLS ?? 2);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlpconv-"));
});
afterAll(() => rm(folder, { recursive: true }));

const recipe = "--dataset synthetic --model lenet --limit 1000 --epochs 4 --lr 0.05 --save-every 2".split(
  " ",
);
/** What has a state or a rule of its own in each step, on one of the engines that are killed. */
const additions: Record<string, string> = {
  native:
    "--optimizer rmsprop --lr 0.0005 --momentum 0.5 --ema 0.9 --shards 2 --augment mixup:0.2,shift:1 --val-share 0.2 --limit 800 --test-once --early-stop 3 --body-lr-scale 0.5",
  wasm: "--optimizer nesterov --schedule restarts --clip 1 --label-smoothing 0.1 --class-weights balanced --ema 0.9 --augment mixup:0.2",
};
const train = (engine: string, name: string, ...more: string[]) => [
  ...["train", "--engine", engine, ...recipe, "--run", name],
  ...more,
];
const filesOf = (name: string): Promise<string[]> => readdir(at(name)).catch(() => []);
const at = (name: string, file = "") => join(folder, "runs", name, file);

/** What must be the same: all but what the clock says and how much memory there was. */
const outcomeOf = async (name: string) => {
  const clocks = ["seconds", "examplesPerSecond", "peakRssBytes"];
  const timeless = (text: string) => JSON.parse(text, (key, value) => (clocks.includes(key) ? 0 : value));
  const text = (file: string) => readFile(at(name, file), "utf8");
  return {
    last: (await readFile(at(name, "last.safetensors"))).toString("base64"),
    best: (await readFile(at(name, "best.safetensors"))).toString("base64"),
    average: await readFile(at(name, "average.safetensors"), "base64").catch(() => undefined),
    events: (await text("events.jsonl")).trimEnd().split("\n").map(timeless),
    summary: timeless(await text("summary.json")),
  };
};

describe.skipIf(missing)("a run that is resumed", () => {
  it.each(["native", "wasm"])(
    "after kills at random moments ends the same on %s",
    { timeout: 300_000 + kills * 20_000 },
    async (engine) => {
      if (!(await useEngine(engine as "native" | "wasm").catch(() => undefined))) return;
      const whole = `${engine}-whole`;
      const more = additions[engine]?.split(" ") ?? [];
      const began = performance.now();
      expect((await run(train(engine, whole, ...more), folder)).code).toBe(0);
      const duration = performance.now() - began;
      const expected = await outcomeOf(whole);

      for (let killed = 0, n = 0; killed < kills; n++) {
        const name = `${engine}-killed-${n}`;
        for (let running = true; running; ) {
          const begun = (await filesOf(name)).includes("config.json");
          const { child, outcome } = start(
            train(engine, name, ...more, ...(begun ? ["--resume"] : [])),
            folder,
          );
          const wait = setTimeout(() => child.kill("SIGKILL"), Math.random() * duration * 1.2);
          const { code, stderr } = await outcome;
          clearTimeout(wait);
          if (code === null) killed++;
          else {
            expect(code, stderr).toBe(0);
            running = false;
          }
        }
        expect(await outcomeOf(name)).toEqual(expected);
        expect((await filesOf(name)).filter((file) => file.endsWith(".tmp"))).toEqual([]);
      }
    },
  );

  it("goes on from the checkpoint before when the last one is damaged, and refuses when both are", async () => {
    expect((await run(train("wasm", "damaged"), folder)).code).toBe(0);
    const expected = await outcomeOf("damaged");
    const state = at("damaged", "state.safetensors");
    const bytes = await readFile(state);
    bytes[bytes.length >> 1]! ^= 4;
    await writeFile(state, bytes);
    const { code, stdout, stderr } = await run(["train", "--run", "damaged", "--resume"], folder);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(
      /warning: damaged checkpoint: .*expected SHA-256 .*going on from the checkpoint before/,
    );
    expect(await outcomeOf("damaged")).toEqual(expected);

    for (const name of ["state.safetensors", "state.previous.safetensors"])
      await writeFile(at("damaged", name), "half");
    const refused = await run(["train", "--run", "damaged", "--resume"], folder);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("expected a checkpoint that is whole");
    expect(refused.stderr).toContain("start a new run");
    expect((await outcomeOf("damaged")).best).toBe(expected.best);
  });

  it("refuses other settings, other data, a second process, and no run at all", async () => {
    const { child, outcome } = start(
      [
        "train",
        "--engine",
        "wasm",
        "--model",
        "lenet",
        "--epochs",
        "50",
        "--save-every",
        "1",
        "--run",
        "busy",
      ],
      folder,
    );
    while (!(await filesOf("busy")).includes("state.safetensors"))
      await new Promise((done) => setTimeout(done, 50));
    const second = await run(["train", "--run", "busy", "--resume"], folder);
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/expected .*busy to be free, but process \d+ on .* is writing to it/);
    child.kill("SIGTERM");
    const stopped = await outcome;
    if (process.platform !== "win32") expect(stopped.code, stopped.stderr).toBe(143);

    const other = await run(
      ["train", "--run", "busy", "--resume", "--batch-size", "32", "--seed", "9"],
      folder,
    );
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(
      /got --batch-size 32, and the run has \d+; --seed 9, and the run has 0; leave the flags away/,
    );

    const config = JSON.parse(await readFile(at("busy", "config.json"), "utf8"));
    for (const [edited, message] of [
      [
        { ...config, learningRate: 0.5 },
        /config\.json, learningRate: expected 0\.\d+, as when .* got 0\.5; set it back/,
      ],
      [
        { ...config, data: { ...config.data, sha256: "0".repeat(64) } },
        /config\.json, data\.sha256: expected "\w+", as when .* got "0{64}"/,
      ],
      [{ ...config, optimizer: "lion" }, /config\.json, optimizer: expected one of "sgd", .* got "lion"/],
      [{ ...config, lr: 1 }, /config\.json, lr: expected no field of that name/],
      [[], /config\.json, model: expected a value, got none/],
    ] as const) {
      await writeFile(at("busy", "config.json"), JSON.stringify(edited));
      const refused = await run(["train", "--run", "busy", "--resume"], folder);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(message);
    }

    const none = await run(["train", "--run", "busi", "--resume"], folder);
    expect(none.code).toBe(2);
    expect(none.stderr).toMatch(
      /expected --run with --resume to name a run in runs, got "busi"; did you mean "busy"/,
    );
    const nameless = await run(["train", "--resume"], folder);
    expect(nameless.code).toBe(2);
  });

  it("refuses a log that was cut", async () => {
    expect((await run(train("wasm", "cut"), folder)).code).toBe(0);
    await writeFile(at("cut", "events.jsonl"), "");
    const { code, stderr } = await run(["train", "--run", "cut", "--resume"], folder);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /events\.jsonl: expected at least \d+ bytes, as when the last checkpoint was made, got 0/,
    );
  });
});
