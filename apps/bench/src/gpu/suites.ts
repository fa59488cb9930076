// Test suites that also run on the GPU, each as its own program; their golden values are beside the folder of programs.
export const suites = {
  conformance: "../../../../packages/testing/test/conformance.test.ts",
  resize: "../../../../packages/testing/test/levels.test.ts",
  golden: "../../../../packages/models/test/golden.test.ts",
  engines: "../../../../packages/trainer/test/engines.test.ts",
  recorded: "../../../../packages/trainer/test/recorded.test.ts",
  "mixed-precision": "../../../../packages/trainer/test/mixed-precision.test.ts",
  tiles: "../../../../packages/engine-webgpu/test/tiles.test.ts",
  winograd: "../../../../packages/engine-webgpu/test/winograd.test.ts",
} as const;
