// The modules that are kept in the repository, so that nobody needs the compiler: made of the sources as they are.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { hashWasmSources } from "../scripts/wasm-sources.js";

const file = (name: string) => readFile(new URL(`../wasm/${name}`, import.meta.url));
const manifest = JSON.parse(`${await file("manifest.json")}`) as {
  sources: string;
  builds: Record<string, { sha256: string; bytes: number }>;
};

it("the modules were made of these sources; else: pnpm build:wasm", async () => {
  expect(manifest.sources).toBe(await hashWasmSources());
});

it.each(Object.entries(manifest.builds))(
  "%s.wasm is the one of the manifest, and below 400 kB",
  async (name, made) => {
    const bytes = await file(`${name}.wasm`);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(made.sha256);
    expect(bytes.length).toBe(made.bytes);
    expect(bytes.length).toBeLessThan(400_000);
  },
);
