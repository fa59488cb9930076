// Shows the progress of compiling the kernels: on a terminal one line that counts files, otherwise a line at the start and one at the end.
import type { Compiler } from "./compiler.js";
import type { Isa } from "./isa.js";

/** Moves to the start of the line and clears it. */
const CLEAR = "\r\u001b[K";

export interface Output {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** Shows a compilation on standard error, because programs print their results to standard output. */
export const showCompiling = (isa: Isa, output: Output = process.stderr, now = () => performance.now()) => {
  let started: number | undefined;
  let end: string | undefined;
  const show = (done: number, files: number, { command }: Pick<Compiler, "command">): void => {
    started ??= now();
    const what = `native: compiling the C++ kernels for ${isa} with ${command}, once for this machine`;
    if (output.isTTY) output.write(`${CLEAR}${what}: ${done} of ${files} files`);
    else if (done === 0) output.write(`${what}: ${files} files\n`);
    if (done === files)
      end = `native: compiled ${files} files in ${Math.round((now() - started) / 1000)} s\n`;
  };
  return {
    show,
    /** Ends the line, after the last file or a failure. Calling it again does nothing. */
    end: (): void => {
      if (started === undefined) return;
      if (output.isTTY) output.write(CLEAR);
      if (end) output.write(end);
      started = end = undefined;
    },
  };
};
