// Every net on every engine: shapes, finite numbers, a gradient for each parameter, a batch overfitted, no tensor left behind.
import { type Engine, engines, softmaxCrossEntropy, tf, variableGrads } from "@mlpconv/tensor";
import { eachEngine } from "@mlpconv/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nightly } from "../../../test/nightly.js";
import { type ModelName, models, parameters } from "../src/index.js";

const dropout = 0.1;
const vggOptions = { inputShape: [32, 32, 1], ratio: 8, dropout } as const;

/** Nets that differ only in depth from one that is tested. */
type OtherDepth = "vgg13" | "vgg16" | "resnet34";

/** Small nets and images, so that a step takes milliseconds, with parameters counted by hand. */
const zoo: Record<
  Exclude<ModelName, OtherDepth>,
  { build: () => tf.LayersModel; parameters: number; learningRate: number }
> = {
  // The last block is ten channels wide, and from an unlucky seed its ReLUs die before the batch is learnt: NiN is the hardest to train.
  nin: {
    build: () => models.nin({ inputShape: [67, 67, 1], lastRelu: false, dropout, seed: 2 }),
    parameters: 1_992_166,
    learningRate: 0.002,
  },
  ninMnist: {
    build: () => models.ninMnist({ inputShape: [12, 12, 1], ratio: 4, lastRelu: false, dropout }),
    parameters: 22_626,
    learningRate: 0.03,
  },
  ninCifar: {
    build: () => models.ninCifar({ inputShape: [12, 12, 3], ratio: 8, lastRelu: false, dropout }),
    parameters: 17_058,
    learningRate: 0.02,
  },
  lenet: { build: () => models.lenet(), parameters: 61_706, learningRate: 0.2 },
  alexnet: {
    build: () => models.alexnet({ inputShape: [65, 65, 1], dropout }),
    parameters: 21_598_922,
    learningRate: 0.003,
  },
  vgg11: { build: () => models.vgg11(vggOptions), parameters: 17_232_938, learningRate: 0.003 },
  vgg19: { build: () => models.vgg19(vggOptions), parameters: 17_402_050, learningRate: 0.003 },
  ninBn: {
    build: () => models.ninBn({ inputShape: [67, 67, 1], lastRelu: false, dropout }),
    parameters: 1_994_394,
    learningRate: 0.01,
  },
  googlenet: {
    build: () => models.googlenet({ inputShape: [33, 33, 1] }),
    parameters: 5_977_530,
    learningRate: 0.003,
  },
  resnet18: {
    build: () => models.resnet18({ inputShape: [33, 33, 1] }),
    parameters: 11_175_370,
    learningRate: 0.01,
  },
  densenet: {
    build: () => models.densenet({ inputShape: [33, 33, 1] }),
    parameters: 758_226,
    learningRate: 0.01,
  },
};

/** Plain JavaScript takes seconds a step for most others. */
const onCpu: readonly string[] = ["ninCifar"];

/** Four images, each with a bright quarter of its own over faint noise. */
const batchOf = (model: tf.LayersModel) => {
  const [, height, width, channels] = model.inputs[0]!.shape as [null, number, number, number];
  const quarters = tf.eye(4).reshape([4, 2, 2, 1]) as tf.Tensor4D;
  const x = tf.tidy(() =>
    tf.add(
      tf.image.resizeNearestNeighbor(quarters, [height, width]),
      tf.randomUniform([4, height, width, channels], 0, 0.1, "float32", 1),
    ),
  ) as tf.Tensor4D;
  quarters.dispose();
  return { x, y: tf.tensor1d([0, 3, 9, 3], "int32") };
};

/** One step of gradient descent with momentum; gives the loss. */
const trainer = (model: tf.LayersModel, learningRate: number) => {
  const optimizer = tf.train.momentum(learningRate, 0.9);
  const variables = parameters(model).map(({ variable }) => variable);
  return {
    step: async (x: tf.Tensor4D, y: tf.Tensor1D, step: number): Promise<number> => {
      const loss = tf.tidy(() => {
        const forward = () =>
          softmaxCrossEntropy(model.apply(x, { training: true, model, step }) as tf.Tensor2D, y);
        const { value, grads } = variableGrads(forward, variables);
        optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
        return value;
      });
      const [value] = await loss.data();
      loss.dispose();
      return value!;
    },
    dispose: () => optimizer.dispose(),
  };
};

/**
 * By day one fast engine learns: `wasm` computes what `cpu` does operation by operation, and PyTorch's gradients of nets with branches, in tests of
 * their own. Where there is no `native`, it is `wasm` that learns.
 */
const hasNative = (await engines()).some(({ name, usable }) => name === "native" && usable);
const learns = ({ name }: Engine) => nightly || name !== "wasm" || !hasNative;

const runs = (engine: Engine) =>
  (Object.keys(zoo) as (keyof typeof zoo)[]).filter((name) => engine.name !== "cpu" || onCpu.includes(name));

await eachEngine((engine) => {
  describe.each(runs(engine))("%s", (name) => {
    const net = zoo[name];
    // One for both tests: to draw 20 million weights takes two seconds.
    let model: tf.LayersModel;
    beforeAll(() => {
      model = net.build();
    });
    afterAll(() => model.dispose());

    test("has the known parameters, finite logits of the right shape, and a gradient for each parameter", async () => {
      const { x, y } = batchOf(model);
      expect(parameters(model).reduce((sum, { variable }) => sum + variable.size, 0)).toBe(net.parameters);

      const logits = model.apply(x) as tf.Tensor2D;
      expect(logits.shape).toEqual([4, 10]);
      expect((await logits.data()).every(Number.isFinite)).toBe(true);

      const named = parameters(model);
      const { value, grads } = variableGrads(
        () => softmaxCrossEntropy(model.apply(x, { training: true, model, step: 0 }) as tf.Tensor2D, y),
        named.map(({ variable }) => variable),
      );
      for (const { key, variable } of named) {
        const gradient = grads[variable.name]!;
        expect(gradient.shape, key).toEqual(variable.shape);
        const [norm] = await tf.tidy(() => tf.norm(gradient)).data();
        expect(norm, key).toBeGreaterThan(0);
        expect(norm, key).toBeLessThan(1e6);
      }
      tf.dispose([x, y, logits, value, grads]);
    });

    // Plain JavaScript takes half a minute to the end; the other engines, which are compared with it step by step, go there.
    const target = engine.name === "cpu" ? 1.5 : 0.1;
    test.runIf(learns(engine))(
      `learns a batch to a loss below ${target}, and holds no more tensors and bytes after a step than before`,
      async () => {
        const { x, y } = batchOf(model);
        const { step, dispose } = trainer(model, net.learningRate);
        const losses = [await step(x, y, 0)]; // the first step makes the optimizer's own variables
        const { numTensors, numBytes } = tf.memory();
        while (losses.length < 5 || (losses.length < 200 && losses.at(-1)! > target)) {
          losses.push(await step(x, y, losses.length));
        }
        expect(losses[0]).toBeGreaterThan(1);
        expect(losses.at(-1), `losses ${losses.map((loss) => loss.toFixed(3))}`).toBeLessThan(target);
        expect(tf.memory()).toMatchObject({ numTensors, numBytes });
        dispose();
        tf.dispose([x, y]);
      },
    );
  });
});
