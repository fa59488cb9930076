import { describe, expect, it } from "vitest";
import { describeError, exitCodeOf, Interrupted, UsageError } from "./errors.js";

it("each kind of failure has its exit code", () => {
  expect(exitCodeOf(new UsageError("train", ["expected 1, got 2"]))).toBe(2);
  expect(exitCodeOf(new Interrupted(143, "stopped"))).toBe(143);
  expect(exitCodeOf(new Error("no network"))).toBe(1);
});

describe("describeError", () => {
  const error = new Error("data: expected four files, got none", { cause: new Error("ENOENT") });

  it("is the message alone", () => {
    expect(describeError(error, {})).toBe("data: expected four files, got none");
  });

  it("is the stack with its causes for whoever asks", () => {
    const text = describeError(error, { MLPCONV_DEBUG: "1" });
    expect(text).toContain("errors.test.ts");
    expect(text).toContain("caused by: Error: ENOENT");
  });

  it("says how to learn more about what only a bug can raise", () => {
    expect(describeError(new TypeError("x is not a function"), {})).toBe(
      "x is not a function\nMLPCONV_DEBUG=1 shows where it happened.",
    );
  });
});
