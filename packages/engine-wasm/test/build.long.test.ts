// The pinned compiler builds a module of the repository, to the byte. One of the two, because each takes a minute; built.test.ts tells that both
// were made of the same sources at the same time, and of
// those that are here now, so that this takes place by night.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { nightly } from "../../../test/nightly.js";
import { compilerProblem, installCommand } from "../scripts/compiler.js";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const problem = await compilerProblem();
if (problem) console.warn(`skipped: building the modules: ${problem}`);

const folder = mkdtempSync(join(tmpdir(), "mlpconv-wasm-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.runIf(nightly && !problem)("clang 19.1.7 builds the same bytes", { timeout: 300_000 }, () => {
  execFileSync(process.execPath, [
    "--import",
    import.meta.resolve("tsx"),
    here("../scripts/build-wasm.ts"),
    folder,
    "simd-threads",
  ]);
  const [built, kept] = [join(folder, "simd-threads.wasm"), here("../wasm/simd-threads.wasm")];
  expect(readFileSync(built).equals(readFileSync(kept))).toBe(true);
});

it("CI installs the packages that the compiler needs", () => {
  const packages = installCommand.split(" ").slice(2);
  expect(packages).toContain("clang-19");
  const ci = readFileSync(here("../../../.ci/run"), "utf8");
  expect(ci).toContain(` ${packages.join(" ")}\n`);
});
