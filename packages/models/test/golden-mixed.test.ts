// Nets in mixed precision on engine native against PyTorch in float32: logits, loss and gradients within wider tolerances.
import { eachEngine, type GoldenName, mixedGoldenTolerance } from "@mlpconv/testing";
import { test } from "vitest";
import { compareWithGolden } from "./golden-net.js";

// Read when the engine is loaded. Emulated, so that every CPU runs it; by AMX, because there all convolutions are in bfloat16.
process.env.MLPCONV_PRECISION = "mixed-amx-emulated";

const names: readonly GoldenName[] = ["lenet-28", "nin-mnist-28", "nin-cifar-32", "nin-96"];

await eachEngine(() => {
  test.each(names)("%s is near PyTorch's", { timeout: 300_000 }, (name) =>
    compareWithGolden(name, mixedGoldenTolerance),
  );
}, ["native"]);
