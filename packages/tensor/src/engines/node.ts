// The engines that exist under Node alone.
import type { EngineEntry } from "./engine.js";
import { packageEngine } from "./package.js";
import { tensorflowEngine } from "./tensorflow.js";

const native = "@mlpconv/engine-native";

export const platformEngines: readonly EngineEntry[] = [
  tensorflowEngine("tensorflow-gpu", "@tensorflow/tfjs-node-gpu", true),
  packageEngine(
    { name: "native", tfjsName: "native", gpu: false },
    native,
    () => import(native),
    "it comes with a later version",
  ),
  tensorflowEngine("tensorflow", "@tensorflow/tfjs-node", false),
];
