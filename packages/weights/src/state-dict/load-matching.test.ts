import { lenet } from "@mlpconv/models";
import { tf, useEngine } from "@mlpconv/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import type { SafeTensor } from "../safetensors/dtypes.js";
import { loadMatching, loadStateDict, stateDict } from "./state-dict.js";

beforeAll(() => useEngine("cpu"));

describe("loadMatching", () => {
  test("loads what fits, and leaves layers for other classes as they are", async () => {
    const [trained, started] = [lenet({ seed: 1 }), lenet({ seed: 2, classes: 3 })];
    const before = await stateDict(started);
    const tensors: Map<string, SafeTensor> = await stateDict(trained);
    tensors.set("extra.weight", { dtype: "F32", shape: [1], data: Float32Array.of(1) });
    tensors.set("extra.num_batches_tracked", { dtype: "I64", shape: [], data: BigInt64Array.of(1n) });
    const { loaded, fresh, misfits, unused } = loadMatching(started, tensors);
    const after = await stateDict(started);
    expect(unused).toEqual(["extra.weight"]);
    expect(fresh).toEqual(["11.weight", "11.bias"]);
    expect(misfits).toEqual(["11.weight is [10,84] and not [3,84]", "11.bias is [10] and not [3]"]);
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
    expect(misfits).toEqual(["3.bias [16] is missing", "7.bias is [7] and not [120]"]);
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

  test.each(["module.", "model.net."])("takes keys that all begin with %s", async (prefix) => {
    const [trained, started] = [await stateDict(lenet({ seed: 1 })), lenet({ seed: 2 })];
    const tensors = new Map([...trained].map(([key, tensor]) => [prefix + key, tensor] as const));
    expect(loadMatching(started, tensors)).toMatchObject({ fresh: [], misfits: [], unused: [] });
    expect(await stateDict(started)).toEqual(trained);
    loadStateDict(started, tensors);
    tensors.set("other.bias", tensors.get(`${prefix}0.bias`)!);
    expect(loadMatching(started, tensors)).toMatchObject({ fresh: [], unused: ["other.bias"] });
    expect(() => loadStateDict(started, tensors)).toThrow("unexpected other.bias");
  });

  test("refuses a file in which nothing fits", () => {
    const tensors = new Map([["other", { dtype: "F32", shape: [1], data: Float32Array.of(1) } as const]]);
    expect(() => loadMatching(lenet(), tensors)).toThrow(
      /loadMatching: expected floating-point weights of lenet, such as .* got others: other F32 \[\d+\]; build the net/,
    );
  });
});
