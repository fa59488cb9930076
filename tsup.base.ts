// How every package is built: ESM and types. Node 20.19 and later can `require` ESM, so there is no second copy in CommonJS.
import type { Options } from "tsup";

export const build = (entry: NonNullable<Options["entry"]>, options: Options = {}): Options => ({
  entry,
  format: ["esm"],
  // tsup's type bundler passes a base URL that TypeScript 6 calls deprecated.
  dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
  sourcemap: true,
  clean: true,
  target: "node20",
  external: [/^#/],
  ...options,
});
