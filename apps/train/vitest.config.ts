import { sourcesAndPrograms } from "../../vitest.base.js";

export default sourcesAndPrograms(["test/build-program.ts"]);
