// `pnpm test:webgpu`: engine `webgpu` on a software Vulkan driver, which compiles slowly: kernels and training
// against `cpu`, nets against PyTorch, recorded steps against plain ones, the playground's session. By itself, because everywhere else a software adapter is no GPU.
import { defineConfig } from "vitest/config";
import base from "./vitest.base.js";

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: [
      "packages/testing/test/{batch-norm,fuzz,levels,not-finite,number-types,windows}.test.ts",
      "packages/testing/test/conformance.test.ts",
      "packages/models/test/golden.test.ts",
      "packages/trainer/test/{engines,host-numbers,mixed-precision,recorded,shards}.test.ts",
      "packages/engine-webgpu/test/{tiles,winograd}.test.ts",
      "apps/playground/src/session/webgpu.test.ts",
    ],
    env: {
      MLPCONV_WEBGPU: "llvmpipe",
      // Bits of the driver's vectors: LLVM compiles shaders of 128 bits several times as fast as of 256 or 512, which takes most of the time.
      LP_NATIVE_VECTOR_WIDTH: "128",
      // One thread, because waking others takes longer than what they would compute.
      LP_NUM_THREADS: "1",
      // Without LLVM's optimisations: a shader is compiled once and computes for milliseconds.
      GALLIVM_PERF: "nopt",
      ONLY_ENGINES: "webgpu",
      // By its own variable: to the other suites, with which it may run in one command, a software driver is no GPU.
      REQUIRE_ENGINES: process.env.REQUIRE_WEBGPU ? "webgpu" : "",
    },
    testTimeout: 300_000,
  },
});
