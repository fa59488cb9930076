// Suites that run on engine native once for each of its instruction sets, beside the run on every engine: the library is loaded once a
// process, so each instruction set is a project of its own. One that this CPU lacks is left out.
import { defineConfig } from "vitest/config";
import { supportedIsas } from "./packages/engine-native/src/isa.js";
import { nightly } from "./test/nightly.js";
import base from "./vitest.base.js";

/** The package's tests, `include` again on each narrower instruction set, and `exactly` with MLPCONV_EXACT=1 on the widest. */
export const onEachIsa = (include: string[], exactly = include) => {
  const variant = (name: string, env: Record<string, string>, include: string[]) => ({
    ...base,
    test: { ...base.test, name, include, env: { ...env, ONLY_ENGINES: "native" } },
  });
  const [widest, ...narrower] = supportedIsas();
  // The sources are the same for vectors of any length: the longest and the shortest for each change, those between by night.
  const others = nightly ? narrower : narrower.slice(-1);
  return defineConfig({
    test: {
      projects: [
        { ...base, test: { ...base.test, name: "engines" } },
        ...others.map((isa) => variant(`native-${isa}`, { MLPCONV_ISA: isa }, include)),
        variant("native-exact", { MLPCONV_ISA: widest!, MLPCONV_EXACT: "1" }, exactly),
      ],
    },
  });
};
