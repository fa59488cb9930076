// Builds the programs that the tests start, before the first of them: the package's own, and one that knows another data set.
import { buildProgram } from "../../../test/build-program.js";
import config from "../tsup.config.js";

export const setup = () =>
  buildProgram({
    ...(config as { entry: Record<string, string> }).entry,
    "colours-program": "test/colours-program.ts",
    "many-classes-program": "test/many-classes-program.ts",
  });
