// A program with no engine package installed: "auto" ends on `cpu` and says so.
import { expect, test, vi } from "vitest";
import { tryGpu, useEngine } from "../index.js";

const absent = vi.hoisted(() => (name: string) => ({
  prepare: async () => {
    throw Object.assign(new Error(`Cannot find package '${name}'`), { code: "ERR_MODULE_NOT_FOUND" });
  },
}));
vi.mock("@mlpconv/engine-native", () => absent("@mlpconv/engine-native"));
vi.mock("@mlpconv/engine-wasm", () => absent("@mlpconv/engine-wasm"));
vi.mock("@mlpconv/engine-webgpu", () => absent("@mlpconv/engine-webgpu"));

test("auto and tryGpu warn once and name the packages; cpu by its name does not", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  await useEngine("cpu");
  expect(warn).not.toHaveBeenCalled();
  for (const choose of [useEngine, useEngine, tryGpu]) expect((await choose()).name).toBe("cpu");
  expect(warn.mock.calls).toEqual([
    [expect.stringMatching(/^warning: auto: .*install @mlpconv\/engine-wasm, .*@mlpconv\/engine-native/)],
  ]);
});
