// The README's example is a test file: it is run as one.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const home = fileURLToPath(new URL("..", import.meta.url));
const folder = join(home, ".readme");

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the README's example passes", () => {
  const [, code] = /^```ts\n(.*?)^```$/ms.exec(readFileSync(join(home, "README.md"), "utf8"))!;
  mkdirSync(join(folder, "test"), { recursive: true });
  writeFileSync(join(folder, "test", "example.test.ts"), code!);
  const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
  const options = ["run", "--root", folder, "--config", join(home, "vitest.config.ts")];
  const out = execFileSync(process.execPath, [vitest, ...options], {
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  expect(out).toMatch(/Tests +[1-9]\d* passed/);
});
