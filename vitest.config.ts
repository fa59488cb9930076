// Tests of the repository as a whole; each package has its own. What they import is source, what they run as a user would is built.
import { defineConfig } from "vitest/config";
import base, { oneThread } from "./vitest.base.js";

export default defineConfig({ ...base, test: { ...base.test, include: ["test/*.test.ts"], env: oneThread } });
