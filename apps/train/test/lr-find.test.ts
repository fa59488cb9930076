// `lr-find`: the rates of its steps, where it ends, what it suggests, and what it writes.
import { access, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { useEngine } from "@mlpconv/tensor";
import { toyLoader, toyModel } from "@mlpconv/testing";
import { sgd } from "@mlpconv/trainer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { guessingLoss, suggestRate } from "../src/lr-find/suggest-rate.js";
import { type RatePoint, sweepRates } from "../src/lr-find/sweep-rates.js";
import { run } from "./program.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lr-find-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("sweepRates", () => {
  const { signal } = new AbortController();
  const options = { loader: toyLoader(40, 4), loss: {}, shards: 1, from: 1e-3, steps: 25, signal };
  const sweep = async (last: number, more: Partial<typeof options> = {}) => {
    await useEngine("cpu");
    const points: RatePoint[] = [];
    const all = { ...options, ...more, optimizer: sgd({ learningRate: last }) };
    for await (const point of sweepRates(toyModel(), all)) points.push(point);
    return points;
  };

  it("trains a step with each rate from the first to the last, each a constant factor above the one before", async () => {
    const rates = (await sweep(1)).map(({ learningRate }) => learningRate);
    expect(rates).toHaveLength(25);
    expect(rates[0]).toBeCloseTo(1e-3, 9);
    expect(rates.at(-1)).toBe(1);
    for (const [i, rate] of rates.slice(1).entries())
      expect(rate / rates[i]!).toBeCloseTo(1000 ** (1 / 24), 9);
  });

  it("smooths the losses of the batches: the first is its own, later ones move slowly", async () => {
    const [first, second] = await sweep(1);
    expect(first!.loss).toBeCloseTo(first!.batchLoss, 9);
    expect(second!.loss).toBeCloseTo((0.9 * first!.batchLoss + second!.batchLoss) / 1.9, 9);
  });

  it("ends where the loss explodes or is not finite", async () => {
    const points = await sweep(1e38, { from: 1 });
    expect(points.length).toBeLessThan(25);
    for (const { loss } of points) expect(loss).toBeLessThan(Infinity);
  });

  it("ends with the signal's reason", async () => {
    await expect(sweep(1, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
  });
});

describe("suggestRate", () => {
  const points = (loss: (exponent: number) => number): RatePoint[] =>
    Array.from({ length: 71 }, (_, i) => ({
      learningRate: 10 ** (i / 10 - 6),
      batchLoss: 0,
      loss: loss(i / 10 - 6),
    }));

  it("is a fifth of the rate with the least loss, with two digits", () => {
    expect(
      suggestRate(
        points((x) => 1 + (x + 1.3) ** 2),
        Math.log(10),
        true,
      ),
    ).toEqual({
      rate: 0.01,
      why: "the loss exploded at 10",
    });
  });

  it("says where the loss was still falling at the end", () => {
    expect(
      suggestRate(
        points((x) => 2 - x / 10),
        Math.log(10),
        false,
      ),
    ).toEqual({
      rate: 2,
      why: "the loss did not explode up to 10, where it was still falling: see what a higher --lr-max gives",
    });
  });

  it("is none where the loss hardly falls", () => {
    for (const loss of [() => 2.3, (x: number) => 2.3 + x / 100, () => Number.NaN]) {
      expect(suggestRate(points(loss), Math.log(10), false)).toEqual({
        why: expect.stringMatching(/hardly fell at any/),
      });
      expect(suggestRate(points(loss), Math.log(10), true)).toEqual({
        why: expect.stringMatching(/exploded at 10 and had/),
      });
    }
  });

  it("is none where the loss only fell to that of guessing, to which bad weights fall at any rate", () => {
    const toGuessing = points((x) => 2.3 + Math.abs(x + 3) / 10);
    expect(suggestRate(toGuessing, Math.log(10), false)).toEqual({
      why: "the loss fell to 2.30, no lower than by guessing, 2.30; try more --steps, or a narrower range of rates: --lr-min, --lr-max",
    });
    expect(suggestRate(toGuessing, Math.log(100), false).rate).toBe(0.0002);
  });

  it("guesses by the shares of the classes", () => {
    expect(guessingLoss([0, 1, 2, 3])).toBeCloseTo(Math.log(4), 12);
    expect(guessingLoss(new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 0, 4]))).toBeCloseTo(0.325, 3);
  });

  it("is none of a few steps, or below the first rate", () => {
    const few = points((x) => 1 - x).slice(0, 4);
    expect(suggestRate(few, Math.log(10), true)).toEqual({
      why: "the loss exploded at 0.000002, after 4 steps; begin lower: --lr-min",
    });
    expect(
      suggestRate(
        points((x) => 1 + (x + 5.4) ** 2),
        Math.log(10),
        true,
      ),
    ).toEqual({
      why: "the loss was least at 0.000004, too near to the first rate, 0.000001; begin lower: --lr-min",
    });
  });
});

describe("lr-find", () => {
  const lrFind = (flags: string) => run(["lr-find", ...flags.split(" ")], folder);
  const recipe =
    "--engine wasm --dataset synthetic --model ninMnist --ratio 6 --optimizer adamw --momentum 0.9 --batch-size 16";

  it("writes a figure, says what to begin with, and keeps no run; --json has every step", async () => {
    const { code, stdout, stderr } = await lrFind(
      `${recipe} --lr-min 0.0001 --lr-max 0.1 --steps 100 --out rates.svg --json`,
    );
    expect(code, stderr).toBe(0);
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({
      model: "ninMnist",
      dataset: "synthetic",
      optimizer: "adamw",
      batchSize: 16,
      out: "rates.svg",
    });
    expect(found.steps.length).toBeLessThanOrEqual(100);
    expect(found.suggestion).toBe(suggestRate(found.steps, Math.log(10), found.exploded).rate);
    expect(stderr).toMatch(/suggestion: --lr [\d.e-]+ \(the loss (?:exploded at|did not explode up to)/);
    expect(await readFile(join(folder, "rates.svg"), "utf8")).toContain(
      "Learning rates of ninMnist on synthetic, adamw",
    );
    await expect(access(join(folder, "runs"))).rejects.toThrow();
  });

  it("refuses a range upside down, a file that is there, and settings that do not go together", async () => {
    expect(await lrFind(`${recipe} --lr-min 1 --lr-max 0.1`)).toMatchObject({
      code: 2,
      stderr: "lr-find: expected --lr-min to be below --lr-max, got 1 and 0.1; exchange them\n",
    });
    await writeFile(join(folder, "there.png"), "");
    expect(await lrFind(`${recipe} --out there.png`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("lr-find: expected there.png to be a new file"),
    });
    expect(await lrFind(`${recipe} --out none/rates.png`)).toMatchObject({
      code: 1,
      stderr:
        "lr-find: expected none/rates.png in a folder that can be written to, got none, which is not there; make it, or choose another one\n",
    });
    expect(await lrFind(`${recipe} --precision mixed`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("mixed"),
    });
    expect(await lrFind("--engine wasm --dataset synthetic --model lenet --pointwise 1")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("lr-find: expected --pointwise with nin or ninBn, got lenet"),
    });
  });
});
