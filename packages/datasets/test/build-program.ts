// Builds the process that decodes pictures, before the first test.
import { buildProgram } from "../../../test/build-program.js";

export const setup = () => buildProgram({});
