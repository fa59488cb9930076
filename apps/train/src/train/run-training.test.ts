import { ninBn } from "@mlpconv/models";
import { useEngine } from "@mlpconv/tensor";
import { expect, it } from "vitest";
import { summaryOf } from "./run-training.js";

it("summary.json counts what can learn, without the running statistics of batch normalisation", async () => {
  await useEngine("cpu");
  const model = ninBn({ inputShape: [67, 67, 1], init: { weights: "zeros", biases: "zeros" } });
  const options = { settings: {}, engine: {}, data: {}, model };
  const { parameters } = summaryOf({} as never, options as never);
  // A mean and a variance for each channel of eleven layers.
  expect(model.countParams() - parameters).toBe(2 * (3 * (96 + 256 + 384) + 2 * 10));
  model.dispose();
});
