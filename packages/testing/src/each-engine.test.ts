// An engine that is asked for and missing must fail a run, never thin it out in silence.
import { tf } from "@mlpconv/tensor";
import { describe, expect, test } from "vitest";
import { eachEngine, listedEngines, plan } from "./each-engine.js";

const absent = {
  name: "native",
  tfjsName: "native",
  gpu: false,
  usable: false,
  code: "not-installed",
  reason: "is not installed",
  fix: "npm install it",
} as const;

describe("plan", () => {
  test("skips an absent engine and says why", () => {
    const { action, title } = plan(absent, []);
    expect(action).toBe("skip");
    expect(title).toBe("native is not usable: is not installed; npm install it");
  });

  test("fails on an absent engine that is required", () => {
    expect(plan(absent, ["native"]).action).toBe("fail");
  });

  test("runs a usable engine", () => {
    const cpu = { name: "cpu", tfjsName: "cpu", gpu: false, usable: true, device: "" } as const;
    expect(plan(cpu, [])).toEqual({ action: "run", title: "on cpu" });
  });
});

test("REQUIRE_ENGINES is a list of known engines", () => {
  expect(listedEngines("REQUIRE_ENGINES", " wasm, native,")).toEqual(["wasm", "native"]);
  expect(listedEngines("REQUIRE_ENGINES", "")).toEqual([]);
  expect(() => listedEngines("REQUIRE_ENGINES", "wsam")).toThrow('got "wsam"');
});

await eachEngine((engine) => {
  test("eachEngine makes the engine current", () => {
    expect(tf.getBackend()).toBe(engine.tfjsName);
  });
});

await eachEngine(
  (engine) => {
    test("eachEngine leaves out the engines that are not named", () => expect(engine.name).toBe("wasm"));
  },
  ["wasm"],
);
