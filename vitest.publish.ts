// `pnpm test:publish`: publishes to a registry of its own and installs from there, so it is a step by itself.
import { defineConfig } from "vitest/config";
import { oneThread } from "./vitest.base.js";

export default defineConfig({
  test: { include: ["test/publish/*.test.ts"], testTimeout: 120_000, hookTimeout: 400_000, env: oneThread },
});
