import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { numberTypes } from "./backend.js";
import { signatures } from "./functions.js";
import { binaryOperations, unaryOperations } from "./operations.js";

const header = (name: string) =>
  readFileSync(new URL(`../../engine-native/native/${name}`, import.meta.url), "utf8");
const kernels = header("kernels.h");

const enumerators = (name: string): string[] => {
  const [, list] = new RegExp(`enum ${name} : int32_t \\{([^}]*)\\}`).exec(kernels) ?? [];
  return (list ?? "").split(",").map((each) => each.trim());
};

it.each([
  ["UnaryOp", Object.values(unaryOperations).map(({ name }) => name)],
  ["BinaryOp", Object.values(binaryOperations).map(({ name }) => name)],
  ["NumberType", Object.keys(numberTypes).map((name) => name.toUpperCase())],
])("the numbers of %s are those of native/kernels.h", (name, expected) => {
  expect(expected).toEqual(enumerators(name));
});

/** The C types of each function of a header, in the words of `signatures`. */
const declared = (text: string): Record<string, string[]> =>
  Object.fromEntries(
    [...text.matchAll(/MLPCONV_API ([^;(]*?)(mlpconv_\w+)\(([^)]*)\);/g)].map(([, result, name, list]) => {
      const parameters = list!.split(",").filter((each) => each.trim() !== "void");
      const words = parameters.map((each) => {
        if (each.includes("*")) return each.includes("const") ? "in" : "out";
        return each.trim().split(/\s/)[0]!.replace("_t", "");
      });
      return [name!, [result!.includes("char") ? "text" : result!.trim(), ...words]];
    }),
  );

it("the signatures are those of the C headers", () => {
  // Engine native alone calls these three.
  const { mlpconv_peak_gflops, mlpconv_set_precision, mlpconv_precision, ...others } = {
    ...declared(header("api.h")),
    ...declared(kernels),
  };
  expect(mlpconv_peak_gflops).toEqual(["double"]);
  expect(mlpconv_set_precision).toEqual(["int", "int"]);
  expect(mlpconv_precision).toEqual(["int"]);
  expect(signatures).toEqual(others);
});
