// Every kernel that training and evaluating the nets needs, forward and gradient, each engine against tfjs's `cpu`.
// The table is in `cases`: one row, one case.
import { test } from "vitest";
import { eachEngine } from "../src/index.js";
import { conform } from "./case.js";
import { activations, losses } from "./cases/activation.js";
import { arithmetic, reductions } from "./cases/arithmetic.js";
import { convBiasRelus, convolutions } from "./cases/convolution.js";
import { conversions, movements } from "./cases/movement.js";
import { normalisations } from "./cases/normalisation.js";
import { updates } from "./cases/optimizer.js";
import { pools } from "./cases/pooling.js";
import { products } from "./cases/product.js";
import { resizes } from "./cases/resizing.js";

const cases = [
  ...convolutions,
  ...convBiasRelus,
  ...products,
  ...pools,
  ...activations,
  ...losses,
  ...normalisations,
  ...arithmetic,
  ...reductions,
  ...movements,
  ...conversions,
  ...resizes,
  ...updates,
];

await eachEngine((engine) => {
  // `cpu` is the reference: on it a case says something only where the reference is put in other words.
  for (const one of cases.filter(({ reference }) => engine.name !== "cpu" || reference)) {
    test(one.name, () => conform(engine, one));
  }
});
