// `pnpm test:webgpu`: engine `webgpu` on a software Vulkan driver, which compiles slowly: kernels and training
// against `cpu`, nets against PyTorch, recorded steps against plain ones. By itself, because everywhere else a software adapter is no GPU.
import { defineConfig } from "vitest/config";
import base from "./vitest.base.js";

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: [
      "packages/testing/test/{fuzz,levels,not-finite,number-types,windows}.test.ts",
      "packages/testing/test/conformance.test.ts",
      "packages/models/test/golden.test.ts",
      "packages/trainer/test/{engines,host-numbers,mixed-precision,recorded}.test.ts",
      "packages/engine-webgpu/test/tiles.test.ts",
    ],
    env: {
      MLPCONV_WEBGPU: "llvmpipe",
      ONLY_ENGINES: "webgpu",
      // By its own variable: to the other suites, with which it may run in one command, a software driver is no GPU.
      REQUIRE_ENGINES: process.env.REQUIRE_WEBGPU ? "webgpu" : "",
    },
    testTimeout: 300_000,
  },
});
