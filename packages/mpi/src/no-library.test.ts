// A process alone pays nothing: the package loads no native code before a group of several is opened.
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

test("a group of one process loads no native code", () => {
  const index = new URL("index.ts", import.meta.url).href;
  const program = `
    import { createRequire } from "node:module";
    const { openGroup } = await import(${JSON.stringify(index)});
    await (await openGroup({ alone: true })).close();
    console.log(Object.keys(createRequire("file:///").cache).filter((file) => /koffi/.test(file)).length);`;
  const args = ["--import", import.meta.resolve("tsx"), "--input-type=module", "--eval", program];
  expect(execFileSync(process.execPath, args, { encoding: "utf8" }).trim()).toBe("0");
});
