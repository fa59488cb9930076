import fs, {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { batchNorm, conv2d, dense, flatten, sequential } from "@mlpconv/layers";
import { stateArrays } from "@mlpconv/models";
import { type tf, useEngine } from "@mlpconv/tensor";
import { toyLoader, toyModel } from "@mlpconv/testing";
import {
  adam,
  averageWeights,
  type CheckpointEvent,
  evaluate,
  fit,
  type Optimizer,
  rmsprop,
  sgd,
  type TrainEvent,
  train,
  variablesOf,
} from "@mlpconv/trainer";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Summary } from "../index.js";
import { createRun, RunFileError, RunFolderError, resumeRun } from "./index.js";

let parent: string;
let folder: string;
beforeEach(async () => {
  await useEngine("cpu");
  parent = mkdtempSync(join(tmpdir(), "run-"));
  folder = join(parent, "run");
});
afterEach(() => rmSync(parent, { recursive: true }));

const data = { train: toyLoader(40, 7), test: toyLoader(10, 4, 1), epochs: 3 };
const optimizers: [string, () => Optimizer][] = [
  ["sgd", () => sgd({ learningRate: 0.5 })],
  ["momentum", () => sgd({ learningRate: 0.5, momentum: 0.9 })],
  ["adam", () => adam({ learningRate: 0.1 })],
];
/** Updates its means and the averages in place. */
const averagedRmsprop = () => averageWeights(rmsprop({ learningRate: 0.05, momentum: 0.9 }), 0.8);
const bits = (model: tf.LayersModel) => model.getWeights().map((weight) => [...weight.dataSync()]);
const timeless = ({ type, ...event }: TrainEvent) => ({ ...event, type, seconds: 0, examplesPerSecond: 0 });

/** Trains into the run's folder until the checkpoint of that step, as a program would that is killed then. */
const trainUntil = async (
  step: number,
  optimizer: Optimizer,
  config = {},
  model = toyModel(),
): Promise<void> => {
  const run = await createRun(folder, config);
  for await (const event of train(model, { ...data, optimizer, checkpoint: { steps: 2 } })) {
    await run.record(event);
    if (event.type !== "checkpoint") continue;
    await run.saveCheckpoint(model, optimizer, event.position);
    if (event.position.step >= step) break;
  }
  await run.close();
};

test.each(optimizers)("a run goes on to the bit with %s, from any step", async (_, makeOptimizer) => {
  const whole = toyModel();
  await fit(whole, { ...data, optimizer: makeOptimizer() });

  for (const step of [2, 6, 12, 18]) {
    await trainUntil(step, makeOptimizer());
    const run = await resumeRun(folder, () => expect.unreachable());
    const model = toyModel();
    const optimizer = makeOptimizer();
    run.checkpoint!.restore(model, optimizer);
    await run.close();
    await fit(model, { ...data, optimizer, resume: run.checkpoint!.position });
    expect(bits(model)).toEqual(bits(whole));
    rmSync(folder, { recursive: true });
  }
});

test.each(["cpu", "wasm", "native"] as const)(
  "a run goes on to the bit with averaged weights of RMSprop, on %s",
  { timeout: 300_000 }, // the native engine may have to be compiled
  async (engine) => {
    if (!(await useEngine(engine).catch(() => undefined))) return;
    const [whole, optimizer] = [toyModel(), averagedRmsprop()];
    await fit(whole, { ...data, optimizer });
    const averages = (model: tf.LayersModel, { averages }: Optimizer) =>
      averages!(variablesOf(model)).map((average) => [...average.dataSync()]);
    const expected = averages(whole, optimizer);
    expect(expected).not.toEqual(bits(whole));

    await trainUntil(8, averagedRmsprop());
    const run = await resumeRun(folder, () => expect.unreachable());
    const [model, other] = [toyModel(), averagedRmsprop()];
    run.checkpoint!.restore(model, other);
    await run.close();
    await fit(model, { ...data, optimizer: other, resume: run.checkpoint!.position });
    expect(bits(model)).toEqual(bits(whole));
    expect(averages(model, other)).toEqual(expected);
  },
);

test("a net with batch normalisation goes on to the bit: its running statistics are part of the state", async () => {
  const build = () =>
    sequential({ inputShape: [1, 2, 1] }, [
      conv2d(3, { kernel: 1, activation: "linear", bias: false }),
      batchNorm({ activation: "relu" }),
      flatten(),
      dense(2),
    ]);
  const optimizer = () => adam({ learningRate: 0.05 });
  const whole = build();
  await fit(whole, { ...data, optimizer: optimizer() });
  const statistics = stateArrays(whole).filter(({ buffer }) => buffer);
  expect(statistics.map(({ key }) => key)).toEqual(["1.running_mean", "1.running_var"]);
  expect([...statistics[0]!.variable.dataSync()]).not.toContain(0);

  await trainUntil(6, optimizer(), {}, build());
  const run = await resumeRun(folder, () => expect.unreachable());
  const [model, other] = [build(), optimizer()];
  run.checkpoint!.restore(model, other);
  await run.close();
  await fit(model, { ...data, optimizer: other, resume: run.checkpoint!.position });
  expect(bits(model)).toEqual(bits(whole));
});

test("Adam's count of updates of each parameter is restored, also where one was trained later than the others", async () => {
  const whole = async () => {
    const [model, optimizer] = [toyModel(), adam({ learningRate: 0.1 })];
    // A bias that is frozen for the first six steps. tfjs unfreezes weights when it builds the model, at its first use.
    await evaluate(model, data.test);
    const { bias } = model.layers[1] as unknown as { bias: tf.LayerVariable };
    bias.trainable = false;
    await fit(model, { ...data, epochs: 1, optimizer });
    bias.trainable = true;
    return { model, optimizer };
  };
  const uninterrupted = await whole();
  await fit(uninterrupted.model, { ...data, epochs: 1, optimizer: uninterrupted.optimizer });

  const { model, optimizer } = await whole();
  const run = await createRun(folder, {});
  const position = { step: 6, epochs: 0, stepInEpoch: 0, seconds: 0 };
  const sums = { examples: 0, loss: 0, right: 0, seconds: 0 };
  await run.saveCheckpoint(model, optimizer, { ...position, epochSums: sums, runSums: sums });
  await run.close();
  const again = await resumeRun(folder, () => expect.unreachable());
  const [resumed, other] = [toyModel(), adam({ learningRate: 0.1 })];
  again.checkpoint!.restore(resumed, other);
  await again.close();
  await fit(resumed, { ...data, epochs: 1, optimizer: other });
  expect(bits(resumed)).toEqual(bits(uninterrupted.model));
});

test("the log continues where the checkpoint was made, without gaps or repeats", async () => {
  const expected: object[] = [];
  for await (const event of train(toyModel(), { ...data, optimizer: sgd({ learningRate: 0.5 }) }))
    expected.push(timeless(event));

  const optimizer = sgd({ learningRate: 0.5 });
  await trainUntil(8, optimizer);
  const run = await resumeRun(folder, () => expect.unreachable());
  const model = toyModel();
  run.checkpoint!.restore(model, optimizer);
  const events = [...run.events] as TrainEvent[];
  for await (const event of train(model, { ...data, optimizer, resume: run.checkpoint!.position }))
    events.push(event);
  await run.close();
  expect(events.map(timeless)).toEqual(expected);
});

describe("a change of settings", () => {
  const [before, after] = [{ epochs: 3 }, { epochs: 4, clipNorm: 1 }];
  const event = {
    type: "change" as const,
    step: 8,
    epochs: 4,
    changes: [
      { setting: "epochs", from: 3, to: 4 },
      { setting: "clipNorm", from: null, to: 1 },
    ],
  };
  const config = () => JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
  /** @param failAt number of the call that renames or removes a file at which the process is as good as killed */
  const change = async (failAt = Infinity) => {
    const run = await resumeRun(folder, () => expect.unreachable());
    const [model, optimizer] = [toyModel(), sgd({ learningRate: 0.5 })];
    const { position, restore } = run.checkpoint!;
    restore(model, optimizer);
    const original = { rename: fs.promises.rename, rm: fs.promises.rm };
    let calls = 0;
    const dying =
      <Args extends unknown[]>(body: (...args: Args) => Promise<void>) =>
      async (...args: Args) => {
        if (++calls >= failAt) throw new Error("killed");
        return body(...args);
      };
    Object.assign(fs.promises, { rename: dying(original.rename), rm: dying(original.rm) });
    syncBuiltinESMExports();
    try {
      await run.changeConfig({ ...run.config, ...after }, { event, model, optimizer, position });
    } finally {
      Object.assign(fs.promises, original);
      syncBuiltinESMExports();
      await run.close();
    }
    return { model, position };
  };

  test("is in the log, in config.json and in a checkpoint of the same weights, and takes the summary away", async () => {
    await trainUntil(8, sgd({ learningRate: 0.5 }), before);
    writeFileSync(join(folder, "summary.json"), "{}");
    const { model, position } = await change();
    expect(config()).toEqual(after);
    expect(readdirSync(folder)).not.toContain("summary.json");
    const run = await resumeRun(folder, () => expect.unreachable());
    expect(run).toMatchObject({ config: after, checkpoint: { position } });
    expect(run.events.at(-1)).toEqual(event);
    const restored = toyModel();
    run.checkpoint!.restore(restored, sgd({ learningRate: 0.5 }));
    expect(bits(restored)).toEqual(bits(model));
    await run.close();
  });

  test("that is killed at any moment leaves the old settings or the new ones, in config.json and in the checkpoint", async () => {
    const seen: boolean[] = [];
    for (let died = true; died; ) {
      await trainUntil(8, sgd({ learningRate: 0.5 }), before);
      died = await change(seen.length + 1).then(
        () => false,
        () => true,
      );
      const run = await resumeRun(folder, () => expect.unreachable());
      const changed = run.events.at(-1)?.type === "change";
      expect(run.config).toEqual(changed ? after : before);
      expect(config()).toEqual(run.config);
      expect(JSON.parse(run.checkpoint!.config)).toEqual(run.config);
      seen.push(changed);
      await run.close();
      rmSync(folder, { recursive: true });
    }
    // The summary is removed, then the checkpoint, the one before it and config.json are replaced: each is refused once.
    expect(seen).toContain(false);
    expect(seen.filter(Boolean).length).toBeGreaterThan(1);
  });

  test("of a run without a checkpoint changes its config.json alone", async () => {
    const run = await createRun(folder, before);
    await run.changeConfig(after);
    await run.close();
    expect(config()).toEqual(after);
    expect(readFileSync(join(folder, "events.jsonl"), "utf8")).toBe("");
  });
});

test("checkpoints come after so many steps, after each epoch and when interrupted", async () => {
  const positions: CheckpointEvent["position"][] = [];
  const controller = new AbortController();
  const options = { ...data, optimizer: sgd({ learningRate: 0.1 }), checkpoint: { steps: 4 } };
  for await (const event of train(toyModel(), { ...options, signal: controller.signal })) {
    if (event.type === "checkpoint") positions.push(event.position);
    if (event.type === "step" && event.step === 9) controller.abort();
  }
  expect(positions.map(({ step, epochs, stepInEpoch }) => [step, epochs, stepInEpoch])).toEqual([
    [4, 0, 4],
    [6, 1, 0],
    [8, 1, 2],
    [9, 1, 3],
  ]);
});

test("a checkpoint of another model is refused by name", async () => {
  await trainUntil(2, sgd({ learningRate: 0.1 }));
  const run = await resumeRun(folder, () => {});
  await run.close();
  expect(() => run.checkpoint!.restore(toyModel(3), sgd({ learningRate: 0.1 }))).toThrow(
    /resume: expected .*state.safetensors to hold this model and optimiser, got other tensors: weights.0, weights.1/,
  );
  expect(() => run.checkpoint!.restore(toyModel(), sgd({ learningRate: 0.1, momentum: 0.5 }))).toThrow(
    /other tensors: velocity.0/,
  );
});

test("a disk that refuses a checkpoint is an error that says how to go on, and the last one stays", async () => {
  await trainUntil(4, sgd({ learningRate: 0.1 }));
  const run = await resumeRun(folder, () => {});
  mkdirSync(join(folder, "state.next.safetensors", "in-the-way"), { recursive: true });
  const model = toyModel();
  await expect(
    run.saveCheckpoint(model, sgd({ learningRate: 0.1 }), run.checkpoint!.position),
  ).rejects.toThrow(
    /checkpoint: expected .*run to take a file, got a folder where a file should be .*go on with --resume/,
  );
  await run.close();
  const again = await resumeRun(folder, () => expect.unreachable());
  expect(again.checkpoint?.position.step).toBe(4);
  await again.close();
});

test("the lock of a dead process is taken over, that of a living one is not", async () => {
  const run = await createRun(folder, {});
  await expect(resumeRun(folder, () => {})).rejects.toThrow(RunFolderError);
  await run.close();
  writeFileSync(join(folder, ".lock"), JSON.stringify({ pid: 2 ** 22 + 12345, host: hostname() }));
  const taken = await Promise.allSettled([1, 2, 3].map(() => resumeRun(folder, () => {})));
  const winners = taken.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  expect(winners).toHaveLength(1);
  await winners[0]!.close();
  expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
});

test("fit ignores checkpoints", async () => {
  const end = await fit(toyModel(), {
    ...data,
    optimizer: sgd({ learningRate: 0.1 }),
    checkpoint: { steps: 1 },
  });
  expect(end.type).toBe("end");
});

describe("a stopped run whose files were edited", () => {
  const log = () => join(folder, "events.jsonl");
  const all = () =>
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), "base64")]);

  /** Refused, and left as it is. */
  const refused = async (message: RegExp) => {
    const before = all();
    await expect(resumeRun(folder, () => {})).rejects.toThrow(RunFileError);
    await expect(resumeRun(folder, () => {})).rejects.toThrow(message);
    expect(all()).toEqual(before);
  };

  test.each([
    [
      { learningRate: 0.1, net: { ratio: 2 } },
      /config\.json, learningRate: expected 0.5, as when the last checkpoint was made, got 0.1/,
    ],
    [{ learningRate: 0.5, net: { ratio: 4 } }, /config\.json, net\.ratio: expected 2, .*got 4/],
    [{ learningRate: 0.5, net: {} }, /config\.json, net\.ratio: expected 2, .*got none/],
    [
      { learningRate: 0.5, net: { ratio: 2 }, flip: true },
      /config\.json, flip: expected none, .*got true; set it back/,
    ],
    [[], /config\.json: expected an object, got \[\]/],
    [null, /config\.json: expected an object, got null/],
  ])("config.json as %j is refused by the field", async (edited, message) => {
    await trainUntil(4, sgd({ learningRate: 0.5 }), { learningRate: 0.5, net: { ratio: 2 } });
    writeFileSync(join(folder, "config.json"), JSON.stringify(edited));
    await refused(message);
  });

  test("config.json may be reformatted", async () => {
    await trainUntil(4, sgd({ learningRate: 0.5 }), { a: 1, b: 2 });
    writeFileSync(join(folder, "config.json"), '{"b":2,"a":1}');
    await (await resumeRun(folder, () => {})).close();
  });

  test("config.json that is no JSON is refused by name", async () => {
    await trainUntil(4, sgd({ learningRate: 0.5 }));
    writeFileSync(join(folder, "config.json"), "{");
    await refused(/expected JSON in .*config\.json/);
  });

  test("the log is refused with the line that is damaged, before anything is cut off", async () => {
    await trainUntil(4, sgd({ learningRate: 0.5 }));
    appendFileSync(log(), '{"type":"step","half');
    const text = readFileSync(log(), "utf8");
    const lines = text.split("\n");
    const edit = (i: number, line: string) => writeFileSync(log(), lines.with(i, line).join("\n"));
    // The length stays, so that the log does not count as truncated.
    edit(2, lines[2]!.replace("step", "stop"));
    await refused(/events\.jsonl, line 3, type: expected one of "start", .*got "stop"/);
    edit(1, "x".repeat(lines[1]!.length));
    await refused(/expected JSON in .*events\.jsonl, line 2/);
    edit(1, lines[1]!.replace(/"loss":\d/, '"loss":9'));
    await refused(/events\.jsonl: expected its first \d+ bytes as they were .*got others; it was edited/);
    writeFileSync(log(), text.slice(0, 20));
    await refused(/events\.jsonl: expected at least \d+ bytes, .*got 20/);
    rmSync(log());
    await refused(/events\.jsonl: expected at least \d+ bytes, .*got 0/);
    writeFileSync(log(), text);
    const run = await resumeRun(folder, () => {});
    expect(run.checkpoint!.position.step).toBe(4);
    await run.close();
    // A run that is opened may still be refused, for the flags or the images.
    expect(readFileSync(log(), "utf8")).toBe(text);
  });
});

test("a folder that is removed or replaced while training is an error, and the new one is not written to", async () => {
  const run = await createRun(folder, { a: 1 });
  const model = toyModel();
  rmSync(folder, { recursive: true });
  await expect(run.saveWeights("last", model, {})).rejects.toThrow(/to stay while it is written, got none/);
  const other = await createRun(folder, { a: 2 });
  for (const save of [
    () => run.saveModel(model),
    () => run.writeSummary({} as Summary),
    () => run.saveWeights("best", model, {}),
  ])
    await expect(save()).rejects.toThrow(/another in its place/);
  await run.close();
  expect(readdirSync(folder).sort()).toEqual([".lock", "config.json", "events.jsonl"]);
  await other.close();
});

test("a model folder that was half replaced does not keep a run from going on", async () => {
  await trainUntil(4, sgd({ learningRate: 0.5 }));
  mkdirSync(join(folder, ".model.0123abcd.tmp", "inside"), { recursive: true });
  await (await resumeRun(folder, () => {})).close();
  expect(readdirSync(folder)).not.toContain(".model.0123abcd.tmp");
});

describe("a folder that the system refuses to write", () => {
  const { open } = fs.promises;
  afterEach(() => {
    fs.promises.open = open;
    syncBuiltinESMExports();
  });
  const refuse = (code: string) => {
    fs.promises.open = (path, flags, mode) =>
      flags === undefined || flags === "r"
        ? open(path, flags, mode)
        : Promise.reject(Object.assign(new Error(`${code}: refused, open`), { code, path, syscall: "open" }));
    syncBuiltinESMExports();
  };

  test.each([
    ["EROFS", /got a read-only file system at .*; choose a folder on another one/],
    ["EACCES", /got no permission at .*; give this user the right to write there/],
    ["ENOSPC", /got a full disk at .*; make room/],
  ])("%s is said in our words, and nothing is changed", async (code, message) => {
    refuse(code);
    await expect(createRun(join(parent, "new"), {})).rejects.toThrow(RunFolderError);
    await expect(createRun(join(parent, "new"), {})).rejects.toThrow(message);
    fs.promises.open = open;
    syncBuiltinESMExports();

    await trainUntil(4, sgd({ learningRate: 0.1 }));
    const run = await resumeRun(folder, () => {});
    refuse(code);
    await expect(resumeRun(folder, () => {})).rejects.toThrow(message);
    const model = toyModel();
    const { position } = run.checkpoint!;
    for (const save of [
      () => run.saveCheckpoint(model, sgd({ learningRate: 0.1 }), position),
      () => run.saveWeights("last", model, {}),
      () => run.saveModel(model),
      () => run.writeSummary({} as Summary),
    ]) {
      await expect(save()).rejects.toThrow(RunFolderError);
      await expect(save()).rejects.toThrow(message);
    }
    await run.close();
  });
});
