import { lenet } from "@mlpconv/models";
import { tf, useEngine } from "@mlpconv/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import type { SafeTensor } from "../safetensors/dtypes.js";
import { loadMatching, stateDict } from "./state-dict.js";

beforeAll(() => useEngine("cpu"));

describe("loadMatching", () => {
  test("loads what fits, and leaves layers for other classes as they are", async () => {
    const [trained, started] = [lenet({ seed: 1 }), lenet({ seed: 2, classes: 3 })];
    const before = await stateDict(started);
    const tensors = await stateDict(trained);
    tensors.set("extra.weight", { dtype: "F32", shape: [1], data: Float32Array.of(1) });
    const { loaded, fresh, misfits, unused } = loadMatching(started, tensors);
    const after = await stateDict(started);
    expect(unused).toEqual(["extra.weight"]);
    expect(fresh).toEqual(["11.weight", "11.bias"]);
    expect(misfits).toEqual([
      "11.weight is F32 [10,84] and not F32 [3,84]",
      "11.bias is F32 [10] and not F32 [3]",
    ]);
    expect([...loaded, ...fresh].toSorted()).toEqual([...after.keys()].toSorted());
    for (const key of loaded) expect(after.get(key)!.data).toEqual(tensors.get(key)!.data);
    for (const key of fresh) expect(after.get(key)!.data).toEqual(before.get(key)!.data);
    tf.dispose([trained, started].flatMap((model) => model.getWeights()));
  });

  test("loads a layer whole or not at all", async () => {
    const started = lenet({ seed: 2 });
    const before = await stateDict(started);
    const tensors: Map<string, SafeTensor> = await stateDict(lenet({ seed: 1 }));
    tensors.delete("3.bias");
    tensors.set("7.bias", { dtype: "F32", shape: [7], data: new Float32Array(7) });
    const { fresh, misfits } = loadMatching(started, tensors);
    expect(fresh).toEqual(["3.weight", "3.bias", "7.weight", "7.bias"]);
    expect(misfits).toEqual(["3.bias [16] is missing", "7.bias is F32 [7] and not F32 [120]"]);
    const after = await stateDict(started);
    for (const key of fresh) expect(after.get(key)!.data, key).toEqual(before.get(key)!.data);
  });

  test("refuses to leave a frozen layer as it began, and sets nothing then", async () => {
    const started = lenet({ seed: 2 });
    const before = await stateDict(started);
    const tensors: Map<string, SafeTensor> = await stateDict(lenet({ seed: 1 }));
    tensors.delete("3.bias");
    for (const name of ["0", "3"]) started.getLayer(name).trainable = false;
    expect(() => loadMatching(started, tensors)).toThrow(
      "loadMatching: expected weights for each frozen layer of lenet, got none that fit 3 (3.bias [16] is missing); a layer that begins anew has to learn: do not freeze it",
    );
    expect(await stateDict(started)).toEqual(before);
    tensors.set("3.bias", { dtype: "F32", shape: [16], data: new Float32Array(16) });
    expect(loadMatching(started, tensors).fresh).toEqual([]);
  });

  test("refuses a file in which nothing fits", () => {
    const tensors = new Map([["other", { dtype: "F32", shape: [1], data: Float32Array.of(1) } as const]]);
    expect(() => loadMatching(lenet(), tensors)).toThrow(
      /loadMatching: expected floating-point weights of lenet, such as .* got others: other F32 \[\d+\]; build the net/,
    );
  });
});
