// The compiler of the modules, and the Debian packages that it needs.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);

export const compiler = process.env.MLPCONV_WASM_CXX ?? "clang++-19";
const version = /clang version 19\.1\.7\b/;

/** The C++ library's and the C library's headers. */
const headers = ["/usr/include/wasm32-wasi/c++/v1/vector", "/usr/include/wasm32-wasi/stdint.h"];

/** The command that installs all of it on Debian 12. */
export const installCommand =
  "apt-get install clang-19 lld-19 libc++-19-dev-wasm32 wasi-libc libclang-rt-19-dev-wasm32";

/** What is missing here, as "expected X, got Y", with a fix; undefined where the modules can be built. */
export const compilerProblem = async (): Promise<string | undefined> => {
  const stdout = await run(compiler, ["--version"]).then(
    (output) => output.stdout,
    () => undefined,
  );
  if (stdout === undefined) return `expected ${compiler}, got no such program; ${installCommand}`;
  if (!version.test(stdout))
    return `expected clang 19.1.7, whose code is known to be fast, got ${stdout.split("\n")[0]}; ${installCommand}`;
  const missing = headers.find((file) => !existsSync(file));
  return missing && `expected the file ${missing}, got none; ${installCommand}`;
};
