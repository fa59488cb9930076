// How every package is tested: from source, in one Node process a test file.
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { programFolder } from "./test/test-program.js";

/**
 * Environment of suites that start whole programs, several suites at a time: one thread for each program, because threads that wait for each
 * other on too few cores use up what the others need. `MLPCONV_THREADS` sets another number.
 */
export const oneThread = { MLPCONV_THREADS: process.env.MLPCONV_THREADS ?? "1" };

const conditions = ["@mlpconv/source", "node", "module", "import", "default"];

/** Pictures are decoded by the built process, where a suite has built one: tsx would take most of the time of each start. */
const builtDecoder: Plugin = {
  name: "built-decoder",
  transform: (code, id) =>
    process.env[programFolder] && id.endsWith("/packages/datasets/src/folder/picture-reader.ts")
      ? code.replaceAll("import.meta.url", JSON.stringify(`file://${process.env[programFolder]}/built.js`))
      : undefined,
};

const base = defineConfig({
  plugins: [builtDecoder],
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Machines that others use too stall now and then, and tests kill processes and fill memory: what fails twice has failed.
    retry: process.env.CI ? 1 : 0,
  },
});

export default base;

/**
 * For packages whose test files leave nothing behind that others would see: each process of the run loads the modules once, not once for each file,
 * which takes most of the time of short tests.
 */
export const together = defineConfig({ ...base, test: { ...base.test, isolate: false } });

/**
 * For apps: files beside their sources leave nothing behind, those of whole programs change folders and variables.
 * @param globalSetup builds the programs, once
 */
export const sourcesAndPrograms = (globalSetup: string[] = []) => {
  const project = (name: string, include: string, isolate: boolean) => ({
    ...base,
    test: { ...base.test, name, include: [include], isolate, env: oneThread },
  });
  return defineConfig({
    test: {
      globalSetup,
      projects: [
        project("sources", "src/**/*.test.ts", false),
        project("programs", "test/**/*.test.ts", true),
      ],
    },
  });
};
