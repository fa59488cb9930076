import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeChecksums } from "./checksums.js";
import { hashSources, libraryName } from "./compile.js";
import { findPrebuilt } from "./prebuilt.js";

let sources: string;
let folder: string;
beforeEach(async () => {
  sources = mkdtempSync(join(tmpdir(), "mlpconv-sources-"));
  folder = mkdtempSync(join(tmpdir(), "mlpconv-prebuilt-"));
  writeFileSync(join(sources, "one.cpp"), "1");
  writeFileSync(join(folder, libraryName("baseline")), "library");
  await writeChecksums(folder, [libraryName("baseline")]);
  writeFileSync(join(folder, "sources.sha256"), `${await hashSources(sources)}\n`);
});
afterEach(() => {
  for (const path of [sources, folder]) rmSync(path, { recursive: true });
});

it("a prebuilt library is used when it was built from the same sources", async () => {
  expect(await findPrebuilt("baseline", sources, { folder })).toBe(join(folder, libraryName("baseline")));
});

it("a prebuilt library is not used when it was built from other sources", async () => {
  writeFileSync(join(sources, "one.cpp"), "2");
  expect(await findPrebuilt("baseline", sources, { folder })).toBeUndefined();
});

it("a prebuilt library is not used when it lacks the instruction set or is absent", async () => {
  expect(await findPrebuilt("avx2", sources, { folder })).toBeUndefined();
  rmSync(join(folder, "sources.sha256"));
  expect(await findPrebuilt("baseline", sources, { folder })).toBeUndefined();
});

it("a prebuilt library is not used when it was cut short, and a warning names it", async () => {
  const library = join(folder, libraryName("baseline"));
  writeFileSync(library, "libra");
  const warnings: string[] = [];
  const onWarning = (message: string) => warnings.push(message);
  expect(await findPrebuilt("baseline", sources, { folder, onWarning })).toBeUndefined();
  expect(warnings).toEqual([
    expect.stringMatching(/baseline\.\w+: expected SHA-256 .*, got .*; install the package again$/),
  ]);
});
