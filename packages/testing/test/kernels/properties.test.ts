// Random convolutions and poolings: whatever the shape, this engine agrees with the cpu backend.
import { tf } from "@mlpconv/tensor";
import fc from "fast-check";
import { describe, it } from "vitest";
import { eachEngine } from "../../src/index.js";
import { expectAsOnCpu, OWN_ENGINES, tensor } from "./as-on-cpu.js";

const runs = { numRuns: 60, seed: 1 };
const size = (max: number) => fc.integer({ min: 1, max });

await eachEngine(() => {
  describe("for any shape", () => {
    it("conv2d and both its gradients equal the cpu backend's", async () => {
      const convolution = fc.record({
        batch: size(5),
        height: size(11),
        width: size(11),
        inChannels: size(6),
        outChannels: size(9),
        filterHeight: size(5),
        filterWidth: size(5),
        stride: fc.tuple(size(4), size(4)),
        pad: fc.oneof(
          fc.constantFrom("same" as const, "valid" as const),
          fc.tuple(size(3), size(3), size(3), size(3)),
        ),
      });
      await fc.assert(
        fc.asyncProperty(convolution, async (c) => {
          const [top, bottom, left, right] =
            typeof c.pad === "string" ? [0, 0, 0, 0] : c.pad.map((side) => side - 1);
          fc.pre(c.pad === "same" || c.height + top! + bottom! >= c.filterHeight);
          fc.pre(c.pad === "same" || c.width + left! + right! >= c.filterWidth);
          const pad =
            typeof c.pad === "string"
              ? c.pad
              : ([
                  [0, 0],
                  [top, bottom],
                  [left, right],
                  [0, 0],
                ] as tf.backend_util.ExplicitPadding);
          const convolve = (x: tf.Tensor, filter: tf.Tensor) =>
            tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, c.stride, pad);
          const inputs = () => [
            tensor([c.batch, c.height, c.width, c.inChannels], 1),
            tensor([c.filterHeight, c.filterWidth, c.inChannels, c.outChannels], 2),
          ];
          await expectAsOnCpu(() => {
            const [x, filter] = inputs();
            const y = convolve(x!, filter!);
            return [
              y,
              ...tf.grads((...all) => convolve(all[0]!, all[1]!))(
                [x!, filter!],
                tensor<tf.Rank.R4>(y.shape, 3),
              ),
            ];
          });
        }),
        runs,
      );
    });

    it("a pooling and its gradient equal the cpu backend's", async () => {
      const pooling = fc.record({
        shape: fc.tuple(size(3), size(10), size(10), size(5)),
        window: size(4),
        stride: size(4),
        pad: fc.constantFrom("same" as const, "valid" as const),
        pool: fc.constantFrom(tf.maxPool, tf.avgPool),
        levels: fc.constantFrom(1, 2, 64),
      });
      await fc.assert(
        fc.asyncProperty(pooling, async ({ shape, window, stride, pad, pool, levels }) => {
          fc.pre(pad === "same" || (shape[1] >= window && shape[2] >= window));
          const image = () => tf.round(tf.mul(tensor<tf.Rank.R4>(shape, 1), levels)); // few levels, many ties
          const pooled = (x: tf.Tensor) => pool(x as tf.Tensor4D, window, stride, pad);
          await expectAsOnCpu(() => {
            const y = pooled(image());
            return [y, tf.grad(pooled)(image(), tensor<tf.Rank.R4>(y.shape, 2))];
          });
        }),
        runs,
      );
    });

    it("a matrix product with either side transposed equals the cpu backend's", async () => {
      const product = fc.record({
        m: size(40),
        k: size(40),
        n: size(40),
        left: fc.boolean(),
        right: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(product, ({ m, k, n, left, right }) =>
          expectAsOnCpu(() =>
            tf.matMul(tensor(left ? [k, m] : [m, k], 1), tensor(right ? [n, k] : [k, n], 2), left, right),
          ),
        ),
        runs,
      );
    });

    it("a sum over rows equals the cpu backend's", async () => {
      await fc.assert(
        fc.asyncProperty(size(300), size(20), (rows, columns) =>
          expectAsOnCpu(() => tf.sum(tensor([rows, columns], 1), 0)),
        ),
        runs,
      );
    });
  });
}, OWN_ENGINES);
