// Runs on a real device: all tiles give the same bits, and the fastest one is found and remembered. `pnpm test:webgpu` runs this.
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { TrainingBackend } from "../src/backend.js";
import { dawn } from "../src/device/dawn.js";
import { type OpenDevice, openDevice } from "../src/device/open-device.js";
import { registerKernels } from "../src/register.js";
import { SavedTiles } from "../src/tiles/saved-tiles.js";
import { matrixUnitOf } from "../src/wgsl/matrix-unit.js";
import * as tile from "../src/wgsl/tile.js";

const wanted = process.env.MLPCONV_WEBGPU;

describe.skipIf(wanted === undefined)("on the adapter that MLPCONV_WEBGPU names", () => {
  let opened: OpenDevice;
  beforeAll(async () => {
    opened = await openDevice(await dawn(), wanted);
    registerKernels();
    tf.env().set("WEBGPU_CPU_FORWARD", false);
  });

  /** One of each share of a thread, at the most uneven sizes: a software driver takes a second to compile each shader. */
  const some = tile.tiles.filter((one) =>
    ["128x96 by 8x8", "64x96 by 8x4", "32x128 by 4x8", "16x64 by 4x4"].includes(tile.tileName(one)),
  );

  /** A software driver compiles what stands for a matrix unit in seconds for each matrix of sums. */
  const small: tile.Tile[] = [
    { rows: 16, columns: 16, threadRows: 16, threadColumns: 16 },
    { rows: 32, columns: 16, threadRows: 16, threadColumns: 16 },
    { rows: 16, columns: 32, threadRows: 16, threadColumns: 16 },
  ];

  /** A backend that takes the place of the last one. */
  const start = async (
    options: ConstructorParameters<typeof TrainingBackend>[2],
  ): Promise<TrainingBackend> => {
    if (tf.findBackendFactory("webgpu")) tf.removeBackend("webgpu");
    tf.registerBackend("webgpu", () => new TrainingBackend(opened.device, opened.adapter.info, options));
    await tf.setBackend("webgpu");
    return tf.backend() as TrainingBackend;
  };

  /** A convolution with a ReLU behind it and both of its gradients, whose numbers are not round. */
  const numbers = async (channels: number, filters: number): Promise<number[][]> => {
    const x = tf.randomNormal([2, 17, 16, channels], 0, 1, "float32", 1);
    const filter = tf.randomNormal([3, 3, channels, filters], 0, 1, "float32", 2);
    const bias = tf.randomNormal([filters], 0, 1, "float32", 3);
    const run = (name: string, inputs: tf.NamedTensorMap, more: object = {}) =>
      tf
        .engine()
        .runKernel(name, inputs, { strides: [1, 1], pad: "same", activation: "relu", ...more } as never);
    const y = run("ConvBiasRelu", { x, filter, bias }) as tf.Tensor;
    const dy = tf.randomNormal(y.shape, 0, 1, "float32", 4);
    const dx = run("ConvBiasReluGradInput", { dy, y, filter }, { inputShape: x.shape }) as tf.Tensor;
    const gradients = run("ConvBiasReluGradFilter", { x, dy, y }, { filterShape: filter.shape }) as unknown;
    const results = [y, dx, ...(gradients as tf.Tensor[])];
    const read = await Promise.all(results.map(async (tensor) => [...(await tensor.data())]));
    tf.dispose([x, filter, bias, dy, ...results]);
    return read;
  };

  test.each([
    ["channels that are read in fours, filters one by one", 8, 5, some.slice(0, 2)],
    ["channels one by one, filters in fours", 3, 12, some.slice(2)],
  ])("all tiles give the same bits for %s", async (_, channels, filters, others) => {
    await start({ software: true });
    const expected = await numbers(channels, filters);
    // A CPU keeps the default tile and takes one step after another; a GPU has the choice, and asks for the next step meanwhile.
    const backend = await start({ software: false });
    expect(await numbers(channels, filters)).toEqual(expected);
    for (const one of others) {
      vi.spyOn(backend.tiles, "programOf").mockImplementation(({ program }) => program(one));
      expect(await numbers(channels, filters), tile.tileName(one)).toEqual(expected);
    }
  });

  test.for([
    [8, 5],
    [3, 12],
  ] as const)(
    "a matrix unit gives the same bits in each tile, nearly those of threads, for %d channels and %d filters",
    async ([channels, filters], { skip }) => {
      const unit = matrixUnitOf(opened.adapter);
      if (!unit) return skip("the adapter has none, or subgroups of several sizes");
      await start({ precision: "mixed", software: true });
      const expected = await numbers(channels, filters);
      const backend = await start({ precision: "mixed", unit, software: false });
      const inTile = (one: tile.Tile) => {
        // Products of few rows are computed without the unit.
        vi.spyOn(backend.tiles, "programOf").mockImplementation(({ program, unit, columns }) =>
          program(unit ? one : tile.defaultTile(columns)),
        );
        return numbers(channels, filters);
      };
      const [first, ...others] = small;
      const seen = await inTile(first!);
      const apart = expected.flatMap((tensor, i) =>
        tensor.map((number, j) => Math.abs(number - seen[i]![j]!) / (1 + Math.abs(number))),
      );
      expect(Math.max(...apart)).toBeLessThan(1e-5);
      for (const one of others) expect(await inTile(one), tile.tileName(one)).toEqual(seen);
    },
  );

  test("the fastest tile is found, used and remembered", async () => {
    let text: string | undefined;
    const store = {
      read: async () => text,
      write: async (written: string) => {
        text = written;
      },
    };
    const candidates = vi.spyOn(tile, "candidates").mockReturnValue(tile.tiles.slice(-2));
    const backend = await start({ tiles: await SavedTiles.open(store, opened.adapter.info) });
    const expected = await numbers(4, 4);
    await backend.tune();
    expect(candidates).toHaveBeenCalledTimes(3);
    expect(await numbers(4, 4)).toEqual(expected);
    await backend.tune();
    expect(candidates).toHaveBeenCalledTimes(3);

    const [choices] = Object.values(JSON.parse(text!) as Record<string, Record<string, { tile: string }>>);
    const names = [...tile.tiles.slice(-2), tile.defaultTile(4)].map(tile.tileName);
    for (const choice of Object.values(choices!)) expect(names).toContain(choice.tile);
    const next = await start({ tiles: await SavedTiles.open(store, opened.adapter.info) });
    expect(await numbers(4, 4)).toEqual(expected);
    await next.tune();
    expect(candidates).toHaveBeenCalledTimes(3);
  });
});
