// Entries for engines that exist only in Node, so that requesting one in a browser gives a clear error.
import { type EngineEntry, EngineError, type EngineName } from "./engine.js";

const nodeOnly = (name: EngineName, tfjsName: string, gpu: boolean): EngineEntry => ({
  name,
  tfjsName,
  gpu,
  load: async () => {
    throw new EngineError(
      name,
      "not-installed",
      "runs under Node only",
      'use "webgpu" or "wasm" in a browser',
    );
  },
});

export const platformEngines: readonly EngineEntry[] = [
  nodeOnly("tensorflow-gpu", "tensorflow", true),
  { ...nodeOnly("native", "native", false), mixed: true },
  nodeOnly("tensorflow", "tensorflow", false),
];
