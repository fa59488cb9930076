import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const inProcess = (body: string) =>
  execFileSync(
    process.execPath,
    ["--import", import.meta.resolve("tsx"), "--input-type=module", "-e", body],
    {
      cwd: fileURLToPath(new URL(".", import.meta.url)),
      encoding: "utf8",
    },
  );

test("starting the engine adds no listener for uncaught errors, which would print tfjs's whole source before the message", () => {
  const counts = inProcess(`
    import * as tf from "@tensorflow/tfjs";
    import "./node.ts";
    const count = () => process.listenerCount("uncaughtException") + process.listenerCount("unhandledRejection");
    const before = count();
    await tf.setBackend("wasm");
    console.log(tf.getBackend(), tf.tensor([2, 3]).square().dataSync().join(), count() - before);
  `);
  expect(counts.trim().split("\n").at(-1)).toBe("wasm 4,9 0");
});
