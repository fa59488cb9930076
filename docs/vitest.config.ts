import { defineConfig } from "vitest/config";
import base, { oneThread } from "../vitest.base.js";

export default defineConfig({ ...base, test: { ...base.test, env: oneThread } });
