// The public `fashionMnist()`: on the real data where a package has installed it, and what it takes from the environment.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { defaultPlaces as placesOf } from "../src/find/load-set.js";
import { type DatasetError, fashionMnist } from "../src/index.js";
import { fashionMnistSet } from "../src/sets/fashion-mnist.js";
import { fashionMnistExamples } from "../src/sets/fashion-mnist-info.js";
import { folderWith, temporaryFolder } from "./fake-files.js";

const defaultPlaces = (environment: NodeJS.ProcessEnv) => placesOf(fashionMnistSet, environment);
const system = "/usr/share/datasets/fashion-mnist";
const there = existsSync(join(system, "train-images-idx3-ubyte.gz"));

describe(there ? "the real data" : `the real data (skipped: ${system} is not installed)`, () => {
  it.skipIf(!there)("Fashion-MNIST is complete, balanced and in the original order", async () => {
    const started = performance.now();
    const { name, train, test, classes } = await fashionMnist({ root: system });
    // A third of a second here; the limit leaves room for a busy machine.
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(name).toBe("fashion-mnist");
    expect(train.shape).toEqual([60_000, 28, 28, 1]);
    expect([train.shape[0], test.shape[0]]).toEqual([fashionMnistExamples.train, fashionMnistExamples.test]);
    expect(test.shape).toEqual([10_000, 28, 28, 1]);
    expect([...train.labels.subarray(0, 10)]).toEqual([9, 0, 0, 3, 0, 2, 7, 2, 5, 5]);
    expect([...test.labels.subarray(0, 10)]).toEqual([9, 2, 1, 1, 6, 1, 4, 6, 5, 7]);
    expect(classes[train.labels[0]!]).toBe("ankle boot");
    for (let label = 0; label < 10; label++) {
      expect(train.labels.filter((other) => other === label)).toHaveLength(6_000);
      expect(test.labels.filter((other) => other === label)).toHaveLength(1_000);
    }
    // 0.2860 is the mean pixel that recipes for this data set normalise with.
    const mean = train.images.reduce((a, b) => a + b, 0) / train.images.length / 255;
    expect(mean).toBeCloseTo(0.286, 4);
  });

  it.skipIf(!there)("Fashion-MNIST is found through MLPCONV_DATA", async () => {
    vi.stubEnv("MLPCONV_DATA", system);
    const { train } = await fashionMnist({ download: false });
    expect(train.labels[0]).toBe(9);
  });
});

describe("fashionMnist", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  const errorOf = (promise: Promise<unknown>): Promise<DatasetError> =>
    promise.then(
      () => {
        throw new Error("expected it to fail");
      },
      (error: DatasetError) => error,
    );

  it("refuses a root with other files under the same names", async () => {
    const root = folderWith();
    const error = await errorOf(fashionMnist({ root }));
    expect(error).toMatchObject({ name: "DatasetError", code: "damaged" });
    expect(error.message).toContain(`${join(root, "train-images-idx3-ubyte.gz")}: expected `);
  });

  it("looks where the environment says, and asks the mirror of MLPCONV_MIRROR instead of upstream", async () => {
    vi.stubEnv("XDG_CACHE_HOME", "/caches");
    const usual = await defaultPlaces({ MLPCONV_DATA: "", MLPCONV_MIRROR: "" });
    expect(usual.environment).toBeUndefined();
    expect(usual.mirrors).toHaveLength(3);
    expect(usual.mirrors.every((url) => url.endsWith("/"))).toBe(true);
    if (process.platform === "linux") expect(usual.cache).toBe("/caches/mlpconv/fashion-mnist");
    const own = await defaultPlaces({
      MLPCONV_DATA: "data",
      MLPCONV_MIRROR: "http://mirror.example/fashion",
    });
    expect(own).toMatchObject({ environment: "data", mirrors: ["http://mirror.example/fashion"] });
  });

  it("turns warnings into process warnings when the caller gives no warning handler", async () => {
    const folder = folderWith();
    vi.stubEnv("MLPCONV_DATA", folder);
    vi.stubEnv("XDG_CACHE_HOME", temporaryFolder());
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    await fashionMnist({ download: false }).catch(() => {});
    expect(warn).toHaveBeenCalledTimes(4);
    expect(warn.mock.calls[0]![0]).toContain(`fashion-mnist: not used: ${folder}`);
    warn.mockRestore();
  });
});
