import { defineConfig } from "vitest/config";
import { together } from "../../vitest.base.js";

export default defineConfig({
  ...together,
  test: { ...together.test, globalSetup: "test/build-program.ts" },
});
