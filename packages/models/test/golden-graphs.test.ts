// Each net with branches or batch normalisation against PyTorch: from the same arrays and pixels the same logits, loss and gradients in training, and
// after three steps the same running statistics and logits.
import {
  type Engine,
  moveTowards,
  type RunningMean,
  sgdStep,
  softmaxCrossEntropy,
  tf,
} from "@mlpconv/tensor";
import {
  eachEngine,
  type GoldenGraphCase,
  type GoldenGraphName,
  goldenGraphCase,
  goldenGraphNames,
  goldenTolerance,
} from "@mlpconv/testing";
import { expect, test } from "vitest";
import { nightly } from "../../../test/nightly.js";
import { alexnet, densenet, googlenet, ninBn, resnet, stateArrays, vgg } from "../src/index.js";

/** The arrays come from PyTorch. */
const init = { weights: "zeros", biases: "zeros" } as const;

const nets: Record<GoldenGraphName, () => tf.LayersModel> = {
  "resnet18-64": () => resnet({ inputShape: [64, 64, 3], init }),
  "resnet34-64": () => resnet({ depth: 34, inputShape: [64, 64, 1], init }),
  "googlenet-64": () => googlenet({ inputShape: [64, 64, 1], init }),
  "densenet-64": () => densenet({ inputShape: [64, 64, 1], init }),
  "nin-bn-72": () => ninBn({ inputShape: [72, 72, 1], dropout: 0, init }),
  "vgg11-bn-ratio8-64": () => vgg({ inputShape: [64, 64, 1], ratio: 8, batchNorm: true, dropout: 0, init }),
  "alexnet-bn-72": () => alexnet({ inputShape: [72, 72, 1], batchNorm: true, dropout: 0, init }),
};

/** On wasm, which has a step's kernels from the others: the same layers with more blocks, and more weights without other layers. */
const byNight: readonly GoldenGraphName[] = ["resnet34-64", "alexnet-bn-72"];

/** Plain JavaScript and a software driver take minutes for these; the layers have tests of their own there. */
const goldensOf = ({ name, gpu }: Engine): readonly GoldenGraphName[] =>
  name === "cpu" || (name === "webgpu" && !gpu)
    ? []
    : goldenGraphNames.filter((net) => nightly || name !== "wasm" || !byNight.includes(net));

const filled = (golden: GoldenGraphCase): tf.LayersModel => {
  const model = nets[golden.name]();
  for (const { key, shape, variable, fromTorch } of stateArrays(model))
    tf.tidy(() => variable.assign(fromTorch(tf.tensor(golden.parameter(key), shape))));
  return model;
};

const largest = (values: readonly number[]) => Math.max(...values.map(Math.abs));
const normOf = (values: ArrayLike<number>) =>
  Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0));

await eachEngine((engine) => {
  const names = goldensOf(engine);
  if (names.length === 0) test.skip("too slow here", () => {});
  test.each(names)(
    "%s trains as in PyTorch: logits, loss, every gradient, running statistics after three steps",
    { timeout: 300_000 },
    async (name) => {
      const golden = goldenGraphCase(name);
      const before = tf.memory().numTensors;
      const model = filled(golden);
      expect(Object.fromEntries(stateArrays(model).map(({ key, shape }) => [key, shape]))).toEqual(
        golden.state,
      );
      const x = tf.tidy(() => tf.transpose(tf.tensor4d(golden.pixels(), golden.input), [0, 2, 3, 1]));
      const labels = tf.tensor1d(golden.labels, "int32");
      const near = (expected: readonly number[]) => ({
        rtol: 0,
        atol: goldenTolerance.logits * largest(expected),
      });
      const logits = async () => {
        const given = model.apply(x) as tf.Tensor2D;
        const values = await given.data();
        given.dispose();
        return values;
      };
      expect(await logits()).toBeAllclose(golden.logitsAfterTraining, near(golden.logitsAfterTraining));

      const parameters = stateArrays(model).filter(({ buffer }) => !buffer);
      const variables = parameters.map(({ variable }) => variable);
      const losses: number[] = [];
      for (let step = 0; step < 3; step++) {
        const means: RunningMean[] = [];
        const runningMeans = (mean: RunningMean) => void means.push({ ...mean, value: tf.keep(mean.value) });
        let given: tf.Tensor | undefined;
        const { value, grads } = tf.variableGrads(() => {
          given = tf.keep(model.apply(x, { training: true, model, step, runningMeans }) as tf.Tensor2D);
          return softmaxCrossEntropy(given as tf.Tensor2D, labels);
        }, variables);
        losses.push((await value.data())[0]!);
        if (step === 0) {
          expect(await given!.data()).toBeAllclose(golden.logits, near(golden.logits));
          // A bias that batch normalisation takes away has a gradient of rounding errors alone.
          const noise = 5e-6 * Math.max(...Object.values(golden.gradients).map(({ norm }) => norm));
          for (const { key, variable, toTorch } of parameters) {
            const gradient = toTorch(grads[variable.name]!);
            const entries = await gradient.data();
            gradient.dispose();
            const { norm, at, value: expected } = golden.gradients[key]!;
            expect(Math.abs(normOf(entries) - norm), `${key}: norm`).toBeLessThan(
              goldenTolerance.deep * norm + noise,
            );
            expect(
              at.map((index) => entries[index]!),
              `${key}: entries`,
            ).toBeAllclose(expected, {
              rtol: 0,
              atol: goldenTolerance.deep * norm + noise,
            });
          }
        }
        for (const variable of variables)
          sgdStep(variable, grads[variable.name]!, undefined, {
            learningRate: 0.0001,
            momentum: 0,
            nesterov: false,
            weightDecay: 0,
          });
        means.forEach(moveTowards);
        tf.dispose([value, grads, given!, means.map((mean) => mean.value)]);
      }
      const { threeSteps } = golden;
      expect(losses).toBeAllclose(threeSteps.losses, { rtol: 1e-3, atol: 1e-3 });
      for (const { key, buffer, variable } of stateArrays(model)) {
        if (!buffer) continue;
        const { at, value, norm } = threeSteps.buffers[key]!;
        const entries = await variable.data();
        expect(
          at.map((index) => entries[index]!),
          key,
        ).toBeAllclose(value, { rtol: 1e-3, atol: 1e-4 * norm });
      }
      expect(await logits()).toBeAllclose(threeSteps.logits, {
        rtol: 0,
        atol: goldenTolerance.afterSteps * largest(threeSteps.logits),
      });

      tf.dispose([x, labels]);
      model.dispose();
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});
