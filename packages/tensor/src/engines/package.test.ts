import { expect, test } from "vitest";
import { packageEngine } from "./package.js";

const engine = (message: string, code?: string) =>
  packageEngine({ name: "native", tfjsName: "native", gpu: false }, "@mlpconv/engine-native", async () => {
    throw Object.assign(new Error(message), { code });
  });

test.each([
  {
    message: "Cannot find package '@mlpconv/engine-native' imported from /app/main.js",
    code: "ERR_MODULE_NOT_FOUND",
  },
  {
    message: 'Could not resolve "@mlpconv/engine-native" imported by "@mlpconv/tensor". Is it installed?',
    code: undefined,
  },
])("a missing engine package counts as not installed: $message", async ({ message, code }) => {
  await expect(engine(message, code).load({})).rejects.toMatchObject({
    code: "not-installed",
    fix: "install @mlpconv/engine-native",
  });
});

test("an engine package that lacks one of its own modules counts as broken, not as missing", async () => {
  const message =
    "Cannot find package 'koffi' imported from /app/node_modules/@mlpconv/engine-native/dist/index.js";
  await expect(engine(message, "ERR_MODULE_NOT_FOUND").load({})).rejects.toMatchObject({
    code: "failed",
    reason: message,
  });
});
