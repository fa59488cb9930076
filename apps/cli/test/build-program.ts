// Builds the program that the tests start, before the first of them.
import { buildProgram } from "../../../test/build-program.js";
import config from "../tsup.config.js";

export const setup = () => buildProgram((config as { entry: Record<string, string> }).entry);
