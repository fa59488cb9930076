import { ninMnist } from "@mlpconv/models";
import { settings } from "@mlpconv/runs";
import { optimizerOf } from "@mlpconv/runs/recipe";
import { tf, useEngine } from "@mlpconv/tensor";
import { variablesOf } from "@mlpconv/trainer";
import { beforeAll, expect, test } from "vitest";
import { factsOf } from "./facts.js";
import { quickSettings } from "./sample.js";

beforeAll(() => useEngine("cpu"));

const names = settings.optimizer.kind.choices!;
const cases = names.flatMap((optimizer) =>
  // Nesterov's method needs momentum.
  (optimizer === "nesterov" ? [0.9] : [0, 0.9]).map((momentum) => ({ optimizer, momentum }) as const),
);

test.each(cases)(
  "the memory shown counts what $optimizer with momentum $momentum keeps",
  ({ optimizer: name, momentum }) => {
    const model = ninMnist({ ratio: 6 });
    const optimizer = optimizerOf({ ...quickSettings(), optimizer: name as "sgd", momentum });
    const variables = variablesOf(model);
    const gradients = Object.fromEntries(variables.map((each) => [each.name, tf.ones(each.shape)]));
    const before = tf.memory().numBytes;
    optimizer.update(variables, gradients, 0.01);
    const kept = tf.memory().numBytes - before;
    const bytesWith = (changes: object) =>
      factsOf(model, { ...quickSettings(), model: "ninMnist", ...changes }).trainingBytes;
    const [weights, largest] = [model.countParams(), Math.max(...variables.map(({ size }) => size))];
    const shown = bytesWith({ optimizer: name, momentum }) - bytesWith({ optimizer: "sgd", momentum: 0 });
    // An optimizer may keep other arrays for biases, which are a hundredth of the weights.
    expect(shown / (4 * (weights + largest))).toBeCloseTo(kept / (4 * weights), 1);
    optimizer.dispose();
    tf.dispose(Object.values(gradients));
    model.dispose();
  },
);
