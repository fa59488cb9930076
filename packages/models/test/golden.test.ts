// Each net against PyTorch: the same parameters and pixels must give the same logits, loss and gradients.
import { type Engine, softmaxCrossEntropy, tf } from "@mlpconv/tensor";
import {
  eachEngine,
  type GoldenCase,
  type GoldenName,
  goldenCase,
  goldenNames,
  goldenTolerance,
} from "@mlpconv/testing";
import { expect, test } from "vitest";
import { alexnet, lenet, nin, ninCifar, ninMnist, parameters, vgg } from "../src/index.js";

/** The weights come from PyTorch. */
const init = { weights: "zeros", biases: "zeros" } as const;

const nets: Record<GoldenName, () => tf.LayersModel> = {
  "lenet-28": () => lenet({ init }),
  "alexnet-224": () => alexnet({ init }),
  "vgg11-ratio4-224": () => vgg({ ratio: 4, init }),
  "nin-224": () => nin({ init }),
  "nin-96": () => nin({ inputShape: [96, 96, 1], init }),
  "nin-mnist-28": () => ninMnist({ init }),
  "nin-mnist-ratio4-28": () => ninMnist({ ratio: 4, init }),
  "nin-cifar-32": () => ninCifar({ init }),
};

/** Plain JavaScript takes minutes for the others. */
const onCpu: readonly GoldenName[] = ["lenet-28", "nin-mnist-ratio4-28"];

/**
 * A software driver takes half a minute for each of these; NiN at 96 pixels and LeNet have their layers, and the conformance suite has AlexNet's
 * padding and strides.
 */
const notOnSoftwareGpu: readonly GoldenName[] = [
  "alexnet-224",
  "nin-224",
  "vgg11-ratio4-224",
  "nin-mnist-28",
  "nin-mnist-ratio4-28",
  "nin-cifar-32",
];

const goldensOf = (engine: Engine): readonly GoldenName[] => {
  if (engine.name === "cpu") return onCpu;
  const isSoftware = engine.name === "webgpu" && !engine.gpu;
  return isSoftware ? goldenNames.filter((name) => !notOnSoftwareGpu.includes(name)) : goldenNames;
};

/**
 * A near tie in its last max pooling falls on the neighbour where multiply-adds are fused: the gradients before it then move by up to
 * 5e-3 of their largest entry, those behind it stay within 3e-6.
 */
const nearTie: GoldenName = "alexnet-224";

/** The net with PyTorch's parameters. */
const filled = (golden: GoldenCase): tf.LayersModel => {
  const model = nets[golden.name]();
  for (const { key, shape, variable, fromTorch } of parameters(model)) {
    tf.tidy(() => variable.assign(fromTorch(tf.tensor(golden.parameter(key), shape))));
  }
  return model;
};

/** The largest magnitude. A plain loop: some gradients have 26 million entries. */
const largest = (values: ArrayLike<number>) => {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
};

const normOf = (values: ArrayLike<number>) => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum);
};

await eachEngine((engine) => {
  // Where Winograd is not used, sums differ from PyTorch's in their order alone.
  const exact = engine.name === "native" && process.env.MLPCONV_EXACT === "1";
  test.each(goldensOf(engine))(
    "the logits, loss and every gradient of %s equal PyTorch's",
    { timeout: 300_000 },
    async (name) => {
      const golden = goldenCase(name);
      const before = tf.memory().numTensors;
      const model = filled(golden);
      const x = tf.tidy(() => tf.transpose(tf.tensor4d(golden.pixels(), golden.input), [0, 2, 3, 1]));
      const labels = tf.tensor1d(golden.labels, "int32");

      const logits = model.apply(x) as tf.Tensor2D;
      expect(await logits.data()).toBeAllclose(golden.logits, {
        rtol: 0,
        atol: (exact ? goldenTolerance.exact : goldenTolerance.logits) * largest(golden.logits),
      });

      const variables = parameters(model).map(({ variable }) => variable);
      const { value, grads } = tf.variableGrads(
        () => softmaxCrossEntropy(model.apply(x) as tf.Tensor2D, labels),
        variables,
      );
      expect(Math.abs((await value.data())[0]! - golden.loss)).toBeLessThan(goldenTolerance.loss);

      for (const { key, variable, toTorch } of parameters(model)) {
        const gradient = toTorch(grads[variable.name]!);
        const entries = await gradient.data();
        const expected = golden.gradients[key]!;
        const norm = normOf(entries);
        expect(Math.abs(norm / expected.norm - 1), `${key}: norm`).toBeLessThan(goldenTolerance.norm);
        expect(
          expected.at.map((index) => entries[index]!),
          `${key}: entries`,
        ).toBeAllclose(expected.value, {
          rtol: 0,
          atol:
            exact && name !== nearTie
              ? goldenTolerance.exact * largest(entries)
              : goldenTolerance.entry * expected.norm,
        });
        gradient.dispose();
      }

      tf.dispose([x, labels, logits, value, grads]);
      model.dispose();
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});
