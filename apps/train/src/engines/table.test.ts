import { expect, it } from "vitest";
import { enginesTable } from "./table.js";

it("the table tells what can be used, how fast, and how to fix the rest", () => {
  const table = enginesTable(
    [
      {
        name: "webgpu",
        tfjsName: "webgpu",
        gpu: true,
        usable: false,
        code: "not-installed",
        reason: "not installed",
        fix: "install @mlpconv/engine-webgpu",
      },
      {
        name: "wasm",
        tfjsName: "wasm",
        gpu: false,
        usable: true,
        device: "1 thread, SIMD",
        gigaMacsPerSecond: 5.234,
      },
      { name: "cpu", tfjsName: "cpu", gpu: false, usable: true, device: "slow", gigaMacsPerSecond: 0.0152 },
    ],
    "wasm",
  );
  expect(table).toEqual([
    "engine  usable     on   GMAC/s  device, or what is missing",
    "webgpu  no         GPU          not installed; install @mlpconv/engine-webgpu",
    "wasm    yes, auto  CPU     5.2  1 thread, SIMD",
    "cpu     yes        CPU   0.015  slow",
  ]);
});
