// Where the tests of an app find the programs that they start. Each test run has its own, because two of them may go on side by side.
import { join } from "node:path";

/** Set by `buildProgram`, for the processes of the test run. */
export const programFolder = "MLPCONV_TEST_PROGRAM";

/** The file of a program that `buildProgram` built. */
export const testProgram = (name: string): string => {
  const folder = process.env[programFolder];
  if (!folder)
    throw new Error(
      "test program: expected it to be built, got none; start the app's tests with its vitest.config.ts",
    );
  return join(folder, `${name}.js`);
};
