import { lenet } from "@mlpconv/models";
import { tf, useEngine } from "@mlpconv/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { loadMatching, stateDict } from "./state-dict.js";

beforeAll(() => useEngine("cpu"));

describe("loadMatching", () => {
  test("loads what fits, and leaves layers for other classes as they are", async () => {
    const [trained, started] = [lenet({ seed: 1 }), lenet({ seed: 2, classes: 3 })];
    const before = await stateDict(started);
    const tensors = await stateDict(trained);
    tensors.set("extra.weight", { dtype: "F32", shape: [1], data: Float32Array.of(1) });
    const { loaded, fresh, unused } = loadMatching(started, tensors);
    const after = await stateDict(started);
    expect(unused).toEqual(["extra.weight"]);
    expect(fresh).toHaveLength(2);
    expect([...loaded, ...fresh].toSorted()).toEqual([...after.keys()].toSorted());
    for (const key of loaded) expect(after.get(key)!.data).toEqual(tensors.get(key)!.data);
    for (const key of fresh) expect(after.get(key)!.data).toEqual(before.get(key)!.data);
    tf.dispose([trained, started].flatMap((model) => model.getWeights()));
  });

  test("refuses a file in which nothing fits", () => {
    const tensors = new Map([["other", { dtype: "F32", shape: [1], data: Float32Array.of(1) } as const]]);
    expect(() => loadMatching(lenet(), tensors)).toThrow(
      /loadMatching: expected floating-point weights of lenet, such as .* got others: other F32 \[\d+\]; build the net/,
    );
  });
});
