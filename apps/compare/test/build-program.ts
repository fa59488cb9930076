// Builds the programs that the tests start, before the first of them.
import { buildProgram } from "../../../test/build-program.js";

const entry = { main: "src/main.ts", train: "../train/src/main.ts" };

export const setup = () => buildProgram(entry, { "@mlpconv/train/program": "train" });
