// Kernels that move values, over random shapes and attributes: each engine gives the cpu backend's values, or refuses to read or write outside a
// tensor.
import { tf } from "@mlpconv/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eachEngine } from "../../src/index.js";
import { expectAsOnCpu, OWN_ENGINES } from "./as-on-cpu.js";

const runs = Number(process.env.FUZZ_RUNS ?? 40);
const settings = { numRuns: runs, seed: Number(process.env.FUZZ_SEED ?? 5) };

type DType = "float32" | "int32" | "bool";

/** Values that differ from their neighbours; among floats are NaN and infinities. */
const tensorOf = (shape: readonly number[], dtype: DType, special = true): tf.Tensor => {
  const values = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => {
    const value = ((i * 7919) % 4001) - 2000;
    if (dtype === "bool") return Number(value % 3 === 0);
    if (dtype === "int32") return value * 65_537;
    if (special && i % 11 === 10) return [Number.NaN, Infinity, -Infinity, -0][i % 4]!;
    return value / 64;
  });
  return tf.tensor(values, [...shape], dtype);
};

const dtype = fc.constantFrom<DType[]>("float32", "int32", "bool");
const from = (min: number, max: number) => fc.integer({ min, max });
/** Mostly small; now and then one that takes several tiles, or 0. */
const size = fc.oneof(
  { weight: 12, arbitrary: from(1, 5) },
  { weight: 3, arbitrary: from(30, 70) },
  { weight: 1, arbitrary: fc.constant(0) },
);
const shapeOf = (minLength: number, maxLength: number) =>
  fc.noBias(
    fc.array(size, { minLength, maxLength }).filter((shape) => tf.util.sizeFromShape(shape) < 100_000),
  );
/** Numbers to make attributes of: as many as any tensor here has axes. */
const draws = fc.array(from(0, 1000), { minLength: 16, maxLength: 16 });
const below = (draw: number, limit: number) => (limit > 0 ? draw % limit : 0);

/** A kernel called by name, for arguments that its operation refuses. */
const run = (kernelName: string, inputs: object, attrs: object = {}): tf.Tensor =>
  tf.engine().runKernel(kernelName, inputs as tf.NamedTensorMap, attrs as tf.NamedAttrMap) as tf.Tensor;

interface Drawn {
  shape: number[];
  dtype: DType;
  /** A different whole number from 0 up for each axis and attribute. */
  n: number[];
  x: () => tf.Tensor;
}

/** Numbers from 0 to length - 1 in an order that the draws tell. */
const ordered = (length: number, n: readonly number[]) =>
  Array.from({ length }, (_, i) => i).sort((a, b) => n[a]! - n[b]! || a - b);

const movements: Record<string, (drawn: Drawn) => tf.Tensor | tf.Tensor[]> = {
  transpose: ({ shape, n, x }) => tf.transpose(x(), ordered(shape.length, n)),
  pad: ({ shape, n, x, dtype }) =>
    tf.pad(
      x(),
      shape.map((_, i) => [n[i]! % 3, n[i + 8]! % 3] as [number, number]),
      dtype === "bool" ? 1 : -2.5,
    ),
  "reflected padding": ({ shape, n, x }) => {
    fc.pre(!shape.includes(0));
    const paddings = shape.map((size, i) => [below(n[i]!, size), below(n[i + 8]!, size)] as [number, number]);
    return tf.mirrorPad(x(), paddings, "reflect");
  },
  "symmetric padding": ({ shape, n, x }) =>
    tf.mirrorPad(
      x(),
      shape.map((size, i) => [below(n[i]!, size + 1), below(n[i + 8]!, size + 1)] as [number, number]),
      "symmetric",
    ),
  slice: ({ shape, n, x }) => {
    const begin = shape.map((size, i) => below(n[i]!, size));
    const sizes = shape.map((size, i) => below(n[i + 8]!, size - begin[i]! + 1));
    return tf.slice(x(), begin, sizes);
  },
  stridedSlice: ({ shape, n, x }) => {
    const strides = shape.map((_, i) => [1, 2, 3, -1, -2][n[i]! % 5]!);
    const begin = shape.map((size, i) => below(n[i + 4]!, size + 2) - 1);
    const end = shape.map((size, i) => below(n[i + 8]!, size + 2) - 1);
    return tf.stridedSlice(x(), begin, end, strides, n[12]! % 16, n[13]! % 16, 0, 0, 0);
  },
  reverse: ({ shape, n, x }) =>
    tf.reverse(
      x(),
      shape.map((_, i) => i).filter((i) => n[i]! % 2),
    ),
  concat: ({ shape, n, dtype, x }) => {
    const axis = below(n[0]!, shape.length);
    const other = shape.map((size, i) => (i === axis ? n[1]! % 4 : size));
    return tf.concat([x(), tensorOf(other, dtype), x()], axis - (n[2]! % 2 ? shape.length : 0));
  },
  stack: ({ shape, n, x }) => tf.stack([x(), x(), x()].slice(n[1]! % 3), n[0]! % (shape.length + 1)),
  unstack: ({ shape, n, x }) => tf.unstack(x(), below(n[0]!, shape.length)),
  split: ({ shape, n, x }) => {
    const axis = below(n[0]!, shape.length);
    const first = below(n[1]!, shape[axis]! + 1);
    return tf.split(x(), [first, shape[axis]! - first], axis);
  },
  tile: ({ shape, n, x }) =>
    tf.tile(
      x(),
      shape.map((_, i) => n[i]! % 3),
    ),
  gather: ({ shape, n, x }) => {
    const axis = below(n[0]!, shape.length);
    fc.pre(shape[axis]! > 0);
    const indices = n.slice(0, 6).map((draw) => draw % shape[axis]!);
    return tf.gather(x(), tf.tensor2d(indices, [2, 3], "int32"), axis);
  },
  gatherND: ({ shape, n, x }) => {
    fc.pre(!shape.includes(0));
    const depth = 1 + (n[0]! % shape.length);
    const indices = Array.from({ length: 3 * depth }, (_, i) => n[i]! % shape[i % depth]!);
    return tf.gatherND(x(), tf.tensor2d(indices, [3, depth], "int32"));
  },
};

const scatters: typeof movements = {
  scatterND: ({ shape, n, dtype }) => {
    fc.pre(!shape.includes(0) && dtype !== "bool");
    const depth = 1 + (n[0]! % shape.length);
    const indices = Array.from({ length: 4 * depth }, (_, i) => (n[i]! % 2) % shape[i % depth]!);
    const updates = tensorOf([4, ...shape.slice(depth)], dtype, false);
    return tf.scatterND(tf.tensor2d(indices, [4, depth], "int32"), updates, shape as [number]);
  },
  tensorScatterUpdate: ({ shape, n, dtype, x }) => {
    fc.pre(!shape.includes(0));
    const depth = 1 + (n[0]! % shape.length);
    const indices = Array.from({ length: 4 * depth }, (_, i) => n[i]! % shape[i % depth]!);
    const updates = tensorOf([4, ...shape.slice(depth)], dtype);
    return tf.tensorScatterUpdate(x(), tf.tensor2d(indices, [4, depth], "int32"), updates);
  },
  cumsum: ({ shape, n, dtype }) =>
    tf.cumsum(tensorOf(shape, dtype, false), below(n[0]!, shape.length), n[1]! % 2 > 0, n[2]! % 2 > 0),
  cumprod: ({ shape, n, dtype }) => {
    // Products of up to five values are exact on both sides.
    const whole = tf.floor(
      tf.cast(
        tensorOf(
          shape.map((size) => Math.min(size, 5)),
          dtype,
          false,
        ),
        "float32",
      ),
    );
    const values = dtype === "float32" ? whole : tf.cast(tf.clipByValue(whole, -9, 9), dtype);
    return tf.cumprod(values, below(n[0]!, shape.length), n[1]! % 2 > 0, n[2]! % 2 > 0);
  },
  oneHot: ({ n }) =>
    tf.oneHot(
      tf.tensor2d(
        n.map((draw) => (draw % 9) - 2),
        [4, 4],
        "int32",
      ),
      6,
      3,
      -1,
      "int32",
    ),
};

/** Images of [batch, height, width, channels] for blocks of 2 x 3. */
const blocks: typeof movements = {
  spaceToBatchND: ({ shape, n, dtype }) =>
    tf.spaceToBatchND(
      tensorOf([shape[0]!, 5, 6, shape[1]!], dtype),
      [2, 3],
      n[0]! % 2
        ? [
            [1, 0],
            [1, 2],
          ]
        : [
            [0, 1],
            [0, 0],
          ],
    ),
  "spaceToBatchND without padding": ({ shape, dtype }) =>
    tf.spaceToBatchND(
      tensorOf([shape[0]!, 4, 6, shape[1]!], dtype),
      [2, 3],
      [
        [0, 0],
        [0, 0],
      ],
    ),
  batchToSpaceND: ({ shape, n, dtype }) =>
    tf.batchToSpaceND(
      tensorOf([6 * shape[0]!, 2, 3, shape[1]!], dtype),
      [2, 3],
      n[0]! % 2
        ? [
            [1, 0],
            [1, 2],
          ]
        : [
            [0, 0],
            [0, 0],
          ],
    ),
  depthToSpace: ({ shape, n, dtype }) => {
    const block = 2 + (n[0]! % 2);
    const image = tensorOf([shape[0]!, 3, 2, shape[1]! * block ** 2], dtype);
    return run("DepthToSpace", { x: image }, { blockSize: block, dataFormat: "NHWC" });
  },
  flipLeftRight: ({ shape, dtype }) =>
    run("FlipLeftRight", { image: tensorOf([shape[0]!, 3, 5, shape[1]!], dtype) }),
};

await eachEngine(() => {
  describe("moving values", () => {
    it("a strided slice leaves out the axes of the shrink mask", () => {
      // Not compared with cpu, which takes the wrong rows.
      const x = tf.range(0, 24, 1, "int32").reshape([4, 6]);
      const row = tf.stridedSlice(x, [2, 5], [3, -7], [1, -2], 0, 0, 0, 0, 1);
      expect([row.shape, [...row.dataSync()]]).toEqual([[3], [17, 15, 13]]);
      const column = tf.stridedSlice(x, [0, -1], [4, 6], [3, 1], 0, 0, 0, 0, 2);
      expect([column.shape, [...column.dataSync()]]).toEqual([[2], [5, 23]]);
      const value = tf.stridedSlice(x, [1, 2], [2, 3], [1, 1], 0, 0, 0, 0, 3);
      expect([value.shape, [...value.dataSync()]]).toEqual([[], [8]]);
    });

    const rows = [
      ...Object.entries(movements).map((row) => [...row, shapeOf(1, 4)] as const),
      ...Object.entries(scatters).map((row) => [...row, shapeOf(1, 4)] as const),
      ...Object.entries(blocks).map((row) => [...row, fc.tuple(from(1, 3), from(1, 20))] as const),
    ];
    it.each(rows)("%s gives what cpu gives", async (_, compute, shapes) => {
      await fc.assert(
        fc.asyncProperty(shapes, dtype, draws, async (shape, dtype, n) => {
          const x = () => tensorOf(shape, dtype);
          await expectAsOnCpu(() => compute({ shape: [...shape], dtype, n, x }));
        }),
        settings,
      );
    });

    it("any number of axes is moved", async () => {
      const shape = [2, 3, 2, 2, 3, 2];
      const tiled = () => tf.tile(tensorOf(shape, "float32"), [2, 2, 3, 2, 1, 2]);
      await expectAsOnCpu(tiled);
      await expectAsOnCpu(() => tf.transpose(tiled(), [5, 3, 1, 4, 2, 0]));
      await expectAsOnCpu(() => tf.reverse(tf.transpose(tiled(), [1, 0, 3, 2, 5, 4])));
      await expectAsOnCpu(() => tf.transpose(tf.scalar(3)));
    });

    it("images with channels first go from depth to space", () => {
      const x = tf.tensor4d(
        Array.from({ length: 16 }, (_, i) => i),
        [1, 8, 1, 2],
      );
      const y = tf.depthToSpace(x, 2, "NCHW");
      expect(y.shape).toEqual([1, 2, 2, 4]);
      expect([...y.dataSync()]).toEqual([0, 4, 1, 5, 8, 12, 9, 13, 2, 6, 3, 7, 10, 14, 11, 15]);
      tf.dispose([x, y]);
    });

    it("an update of rows leaves its input as it was", () => {
      const x = tf.tensor1d([1, 2, 3]);
      const y = tf.tensorScatterUpdate(x, tf.tensor2d([[1]], [1, 1], "int32"), tf.tensor1d([9]));
      expect([...x.dataSync()]).toEqual([1, 2, 3]);
      expect([...y.dataSync()]).toEqual([1, 9, 3]);
      tf.dispose([x, y]);
    });

    it("evenly spaced values end at their stop, however many there are", () => {
      const y = tf.linspace(0, 1, 100_001);
      const values = y.dataSync();
      expect([values[0], values[50_000], values[100_000]]).toEqual([0, 0.5, 1]);
      expect([...tf.linspace(4, 9, 1).dataSync()]).toEqual([4]);
      y.dispose();
    });
  });

  describe("what lies outside of a tensor", () => {
    const x = () => tf.zeros([3, 4]);
    const index = (...values: number[]) => tf.tensor2d(values, [1, values.length], "int32");
    const refused: [name: string, call: () => unknown, message: RegExp][] = [
      ["GatherV2", () => tf.gather(x(), tf.tensor1d([0, 3], "int32")), /from 0 to 2, got 3 at place 1/],
      [
        "GatherV2 below 0",
        () => tf.gather(x(), tf.tensor1d([-1], "int32"), 1),
        /from 0 to 3, got -1 at place 0/,
      ],
      ["GatherNd", () => tf.gatherND(x(), index(0, 4)), /from 0 to 3, got 4 at place 0, axis 1/],
      // As one number, these would be within the tensor.
      ["GatherNd below 0", () => tf.gatherND(x(), index(1, -1)), /from 0 to 3, got -1 at place 0, axis 1/],
      [
        "ScatterNd",
        () => tf.scatterND(index(3), tf.zeros([1, 4]), [3, 4]),
        /from 0 to 2, got 3 at place 0, axis 0/,
      ],
      [
        "ScatterNd of too few updates",
        () => run("ScatterNd", { indices: index(1), updates: tf.zeros([1, 3]) }, { shape: [3, 4] }),
        /ScatterNd: expected updates \[1,4\], got \[1,3\]/,
      ],
      [
        "TensorScatterUpdate",
        () => tf.tensorScatterUpdate(x(), index(-1, 0), tf.zeros([1])),
        /from 0 to 2, got -1 at place 0, axis 0/,
      ],
      [
        "MirrorPad",
        () =>
          run(
            "MirrorPad",
            { x: x() },
            {
              paddings: [
                [3, 0],
                [0, 0],
              ],
              mode: "reflect",
            },
          ),
        /up to \[2,3\]/,
      ],
      [
        "PadV2",
        () =>
          run(
            "PadV2",
            { x: x() },
            {
              paddings: [
                [0.5, 0],
                [0, 0],
              ],
              constantValue: 0,
            },
          ),
        /whole|sizes from 0/,
      ],
      ["Tile", () => run("Tile", { x: x() }, { reps: [2, 0.5] }), /whole/],
      [
        "Tile of other axes",
        () => run("Tile", { x: x() }, { reps: [2] }),
        /for each axis of \[3,4\], got \[2\]/,
      ],
      [
        "SpaceToBatchND",
        () => run("SpaceToBatchND", { x: x() }, { blockShape: [3], paddings: [[0, 0]] }),
        /expected/,
      ],
      [
        "BatchToSpaceND",
        () => run("BatchToSpaceND", { x: x() }, { blockShape: [2], crops: [[0, 0]] }),
        /expected/,
      ],
      [
        "BatchToSpaceND crops",
        () => run("BatchToSpaceND", { x: x() }, { blockShape: [3], crops: [[9, 9]] }),
        /expected/,
      ],
      [
        "DepthToSpace",
        () => run("DepthToSpace", { x: tf.zeros([1, 2, 2, 6]) }, { blockSize: 2, dataFormat: "NHWC" }),
        /whole/,
      ],
      ["Concat", () => run("Concat", [x(), tf.zeros([3, 5])], { axis: 0 }), /does not match/],
      ["Cumsum", () => run("Cumsum", { x: x() }, { axis: 2, exclusive: false, reverse: false }), /axis/],
    ];
    it.each(refused)("%s refuses it, and holds no memory afterwards", (_, call, message) => {
      const before = tf.backend().numDataIds();
      tf.tidy(() => {
        expect(call).toThrow(message);
      });
      expect(tf.backend().numDataIds()).toBe(before);
    });
  });
}, OWN_ENGINES);
