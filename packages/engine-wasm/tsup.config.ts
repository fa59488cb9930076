import { defineConfig } from "tsup";
import { build } from "../../tsup.base.js";
import { copyWasm } from "./copy-wasm.js";

export default defineConfig(build(["src/node.ts", "src/browser.ts"], { onSuccess: () => copyWasm("dist") }));
