// Engines that exist only in Node.
import type { EngineEntry } from "./engine.js";
import { packageEngine } from "./package.js";
import { tensorflowEngine } from "./tensorflow.js";

export const platformEngines: readonly EngineEntry[] = [
  tensorflowEngine("tensorflow-gpu", "@tensorflow/tfjs-node-gpu", true),
  packageEngine(
    { name: "native", tfjsName: "native", gpu: false, mixed: true },
    "@mlpconv/engine-native",
    () => import("@mlpconv/engine-native"),
  ),
  tensorflowEngine("tensorflow", "@tensorflow/tfjs-node", false),
];
