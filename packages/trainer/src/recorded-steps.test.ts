import { type Recorder, type Recording, tf, useEngine } from "@mlpconv/tensor";
import { toyModel } from "@mlpconv/testing";
import { expect, test } from "vitest";
import { adam } from "./index.js";
import { RecordedSteps } from "./recorded-steps.js";

/** Makes engine cpu one that records: a replay computes the step again, without the update, as an engine does that has found a loss that is not finite. */
const recordOnCpu = () => {
  const backend = tf.backend() as unknown as Recorder & {
    data: { get(dataId: object): { values: Float32Array } };
  };
  let updating = true;
  const recorder: Recorder = {
    tune: async () => {},
    overwrite: (tensor, source) => {
      backend.data.get(tensor.dataId).values = source.dataSync<"float32">().slice();
    },
    skipIfNonFinite: (_loss, _foundInf, body) => void (updating && body()),
    capture: (body): Recording => {
      body();
      updating = false;
      return { dispatches: 1, isValid: () => true, replay: () => body(), dispose: () => {} };
    },
  };
  Object.assign(backend, recorder);
};

test("a step that is started after a loss that is not finite is not counted", async () => {
  await useEngine("cpu");
  recordOnCpu();
  const optimizer = adam({ learningRate: 0.1 });
  const steps = new RecordedSteps(toyModel(), optimizer);
  const begin = async (pixel: number, step: number) => {
    const batch = { x: tf.fill<tf.Rank.R4>([2, 1, 2, 1], pixel), y: tf.tensor1d([0, 1], "int32") };
    const begun = await steps.begin(batch, 0.1, step);
    return [(await begun.result).loss, begun.replayed, optimizer.step];
  };
  expect(await begin(1, 0)).toEqual([expect.any(Number), false, 1]);
  expect(await begin(1, 1)).toEqual([expect.any(Number), false, 2]);
  expect(await begin(Number.NaN, 2)).toEqual([Number.NaN, true, 2]);
  expect(await begin(1, 3)).toEqual([expect.any(Number), true, 2]);
});
