// Test suites that run on the GPU, too, each as a program of its own; they find their golden values beside their folder.
export const suites = {
  conformance: "../../../../packages/testing/test/conformance.test.ts",
  resize: "../../../../packages/testing/test/levels.test.ts",
  golden: "../../../../packages/models/test/golden.test.ts",
  engines: "../../../../packages/trainer/test/engines.test.ts",
  recorded: "../../../../packages/trainer/test/recorded.test.ts",
  "mixed-precision": "../../../../packages/trainer/test/mixed-precision.test.ts",
  tiles: "../../../../packages/engine-webgpu/test/tiles.test.ts",
} as const;
