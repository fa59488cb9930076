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
    "",
    "GMAC/s: thousand million multiply-accumulates a second, in training steps of a 3x3 convolution",
  ]);
});

it("no line is wider than 80 columns there, with one thread and its reason", () => {
  const wasm = { name: "wasm", tfjsName: "wasm", gpu: false, usable: true } as const;
  const device = "1 thread, SIMD; the page is not cross-origin isolated, see the headers COOP and COEP";
  const rows = enginesTable([{ ...wasm, device, gigaMacsPerSecond: 21 }], null, 80);
  expect(rows.slice(1)).toEqual([
    "wasm    yes     CPU      21  1 thread, SIMD; the page is not cross-origin",
    "                             isolated, see the headers COOP and COEP",
    "",
    "GMAC/s: thousand million multiply-accumulates a second, in training steps of a",
    "3x3 convolution",
  ]);
});

it("a terminal of 80 columns has the last column wrapped at words", () => {
  const reason = "no graphics device is there (none of /dev/dri, /dev/nvidiactl, /dev/dxg)";
  const fix = "install the driver of your GPU";
  const webgpu = { name: "webgpu", tfjsName: "webgpu", gpu: true, usable: false } as const;
  const rows = enginesTable([{ ...webgpu, code: "no-gpu", reason, fix }], null, 80);
  expect(rows.slice(1)).toEqual([
    "webgpu  no      GPU          no graphics device is there (none of /dev/dri,",
    "                             /dev/nvidiactl, /dev/dxg); install the driver of",
    "                             your GPU",
  ]);
});
