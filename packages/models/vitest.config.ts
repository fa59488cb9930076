import { onEachIsa } from "../../vitest.isas.js";

export default onEachIsa(["test/golden.test.ts"]);
