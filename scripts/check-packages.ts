// `pnpm check:packages`, its last part: packs every public package as it is published, and has publint and attw look at it.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { packPackage } from "./pack-package.js";
import { type PublicPackage, publicPackages } from "./public-packages.js";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "mlpconv-packages-"));

/** What is wrong, in words. */
const problems = async ({ name, isLibrary }: PublicPackage, archive: string): Promise<string[]> => {
  const bytes = readFileSync(archive);
  const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
  const found = messages.map((message) => `publint: ${formatMessage(message, pkg) ?? message.code}`);
  const { files, license, keywords, repository, engines } = pkg;
  for (const [field, value] of Object.entries({ files, license, keywords, repository, engines }))
    if (value === undefined) found.push(`${name}: expected ${field} in package.json, got none`);
  if (!isLibrary) return found;
  // "esm-only": there is no CommonJS copy, see ARCHITECTURE.md.
  const attw = await run("pnpm", ["exec", "attw", archive, "--profile", "esm-only", "--no-color"], {
    shell: process.platform === "win32",
  }).catch((error) => ({ stdout: error.stdout as string, failed: true }));
  if ("failed" in attw) found.push(`attw: ${attw.stdout}`);
  return found;
};

try {
  // The kernels of a platform are files for another package to load, built when they are published.
  for (const each of publicPackages().filter(({ hasCode }) => hasCode)) {
    const found = await problems(each, await packPackage(each, folder));
    console.log(found.length === 0 ? `${each.name}: as it says` : `${each.name}:\n  ${found.join("\n  ")}`);
    if (found.length > 0) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
