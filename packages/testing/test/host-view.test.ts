// The engine's own numbers, where the host sees them.
import { hostView, tf } from "@mlpconv/tensor";
import { expect, test } from "vitest";
import { eachEngine } from "../src/index.js";

await eachEngine(({ name }) => {
  const visible = ["native", "wasm"].includes(name);

  test("is what data() copies, or undefined", async () => {
    const sum = tf.add(tf.range(0, 10_000, 1), 0.5);
    const view = hostView(sum);
    expect(view !== undefined).toBe(visible);
    if (view) {
      expect(view).toEqual(await sum.data());
      expect(hostView(sum)!.buffer).toBe(view.buffer);
      expect(hostView(sum)!.byteOffset).toBe(view.byteOffset);
    }
    sum.dispose();
  });

  test("is undefined for whole numbers", () => {
    const whole = tf.tensor1d([1, 2], "int32");
    expect(hostView(whole)).toBeUndefined();
    whole.dispose();
  });
});
