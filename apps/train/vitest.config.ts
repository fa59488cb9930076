import { defineConfig } from "vitest/config";
import base, { oneThread } from "../../vitest.base.js";

const project = (name: string, include: string, isolate: boolean) => ({
  ...base,
  test: { ...base.test, name, include: [include], isolate, env: oneThread },
});

export default defineConfig({
  test: {
    globalSetup: "test/build-program.ts",
    // Files beside their sources leave nothing behind, and those of whole programs change folders and variables.
    projects: [
      project("sources", "src/**/*.test.ts", false),
      project("programs", "test/**/*.test.ts", true),
    ],
  },
});
