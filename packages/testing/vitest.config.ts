import { onEachIsa } from "../../vitest.isas.js";

const products = [
  "test/conformance.test.ts",
  "test/levels.test.ts",
  "test/mixed-precision.test.ts",
  "test/not-finite.test.ts",
  "test/properties.test.ts",
];

export default onEachIsa(
  [...products, "test/kernels/elementwise.test.ts", "test/kernels/many-numbers.test.ts"],
  products,
);
