// What mixed precision changes of a training on engine native: the losses of a small NiN, beside those of `cpu` in 32 bits.
import { eachEngine } from "@mlpconv/testing";
import { expect, test } from "vitest";
import { adamw } from "../src/index.js";
import { losses } from "./small-nin.js";

// Read when the engine is loaded. Emulated, so that every CPU runs it.
process.env.MLPCONV_PRECISION = "mixed-emulated";

await eachEngine(
  (engine) => {
    test("mixed precision changes losses of 2.4 to 2.8 by at most 0.005, the same at each run", async () => {
      const expected = await losses("cpu", adamw({ learningRate: 0.001 }));
      const seen = await losses(engine.name, adamw({ learningRate: 0.001 }));
      const differences = seen.map((loss, step) => Math.abs(loss - expected[step]!));
      expect(differences).toHaveLength(20);
      expect(Math.max(...differences)).toBeLessThan(0.005);
      // The difference is smaller in 32 bits.
      expect(Math.max(...differences)).toBeGreaterThan(1e-4);
      expect(await losses(engine.name, adamw({ learningRate: 0.001 }))).toEqual(seen);
    });
  },
  ["native"],
);
