// Builds the process that decodes pictures, before the first test, and gives the suite a folder for temporary files, removed after the last.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildProgram } from "../../../test/build-program.js";

export const setup = async () => {
  const removeProgram = await buildProgram({});
  const temporary = await mkdtemp(join(tmpdir(), "mlpconv-datasets-"));
  // Windows reads TEMP.
  Object.assign(process.env, { TMPDIR: temporary, TEMP: temporary });
  return async () => {
    await removeProgram();
    await rm(temporary, { recursive: true, force: true });
  };
};
