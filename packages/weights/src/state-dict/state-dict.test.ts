// A model's weights under PyTorch's names, and weights that are another model's. Against PyTorch itself: test/torch.test.ts.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lenet, ninMnist } from "@mlpconv/models";
import { tf, useEngine } from "@mlpconv/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadStateDict, type SafeTensor, StateDictError, stateDict } from "../index.js";
import { loadWeights, openSafetensors, saveWeights } from "../node/index.js";

const folder = mkdtempSync(join(tmpdir(), "state-dict-"));
const path = join(folder, "model.safetensors");
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(async () => void (await useEngine("cpu")));

const values = (model: tf.LayersModel) => model.getWeights().map((tensor) => tensor.dataSync());

describe("a state_dict", () => {
  test("has PyTorch's keys and shapes, and sets another model's weights", async () => {
    const [from, to] = [ninMnist({ seed: 1, ratio: 8 }), ninMnist({ seed: 2, ratio: 8 })];
    const tensors = await stateDict(from);
    expect([...tensors].slice(0, 3).map(([key, { shape }]) => [key, shape])).toEqual([
      ["0.0.weight", [12, 1, 5, 5]],
      ["0.0.bias", [12]],
      ["0.2.weight", [8, 12, 1, 1]],
    ]);
    loadStateDict(to, tensors);
    expect(values(to)).toEqual(values(from));
  });

  test("leaves no tensor behind", async () => {
    const model = ninMnist({ ratio: 8 });
    const before = tf.memory().numTensors;
    loadStateDict(model, await stateDict(model));
    expect(tf.memory().numTensors).toBe(before);
  });

  test("in half precision is taken with its values", async () => {
    const model = lenet();
    const tensors: Map<string, SafeTensor> = await stateDict(model);
    // 1, 2, 1, ... in bfloat16.
    const data = Uint16Array.from({ length: 84 }, (_, i) => (i % 2 ? 0x4000 : 0x3f80));
    tensors.set("9.bias", { dtype: "BF16", shape: [84], data });
    loadStateDict(model, tensors);
    expect([...values(model).at(-3)!.slice(0, 3)]).toEqual([1, 2, 1]);
  });

  test("of another model is refused with every difference, and nothing is set", async () => {
    const model = lenet({ classes: 7 });
    const before = values(model);
    const tensors: Map<string, SafeTensor> = await stateDict(lenet());
    tensors.delete("0.bias");
    tensors.set("net.extra", { dtype: "F32", shape: [1], data: new Float32Array(1) });
    tensors.set("3.bias", { dtype: "I32", shape: [16], data: new Int32Array(16) });
    expect(() => loadStateDict(model, tensors)).toThrow(StateDictError);
    expect(() => loadStateDict(model, tensors)).toThrow(
      "loadStateDict: expected the 10 weights of lenet, got others: missing 0.bias [6]; unexpected net.extra [1]; " +
        "different 3.bias is I32 [16] and not F32 [16], 11.weight is [10,84] and not [7,84], " +
        "11.bias is [10] and not [7]. Build the net,",
    );
    expect(values(model)).toEqual(before);
  });
});

describe("a file of weights", () => {
  test("sets another model's weights, and says whose layout it has", async () => {
    const [from, to] = [lenet({ seed: 1 }), lenet({ seed: 2 })];
    await saveWeights(from, path, { metadata: { epoch: "3" }, checksum: true });
    const file = await openSafetensors(path);
    expect(file.metadata).toMatchObject({ format: "pt", epoch: "3" });
    expect(file.tensors.get("7.weight")).toMatchObject({ dtype: "F32", shape: [120, 400] });
    await file.close();
    await loadWeights(to, path, { checksum: true });
    expect(values(to)).toEqual(values(from));
  });

  test("of another net changes nothing", async () => {
    await saveWeights(lenet(), path);
    const model = ninMnist({ ratio: 8 });
    const before = values(model);
    await expect(loadWeights(model, path)).rejects.toThrow(
      /expected the 18 weights of ninMnist, got others: missing 0\.0\.weight \[12,1,5,5\], .* and 12 more; unexpected 0\.weight/,
    );
    expect(values(model)).toEqual(before);
  });
});
