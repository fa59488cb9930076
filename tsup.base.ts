// How every package is built: ESM and types. Node 20.19 and later can `require` ESM, so there is no second copy in CommonJS.
import type { Options } from "tsup";

export const build = (entry: NonNullable<Options["entry"]>, options: Options = {}): Options => ({
  entry,
  format: ["esm"],
  // tsup's type bundler passes a base URL that TypeScript 6 calls deprecated. `pnpm check` checks the types, once for all packages: here that
  // would be done again for each package and all that it imports, in most of the time of a build.
  dts: { compilerOptions: { ignoreDeprecations: "6.0", noCheck: true } },
  sourcemap: true,
  clean: true,
  target: "node20",
  external: [/^#/],
  ...options,
});
