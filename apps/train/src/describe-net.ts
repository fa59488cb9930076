// What whoever uses a net's files must know of it: classes, pixels, and how good it is.
import { fashionMnistClasses } from "@mlpconv/datasets";
import { fashionMnistPixels, type NetConfig } from "@mlpconv/programs";
import type { ConfigOptions } from "@mlpconv/weights";

/** @param testAccuracy of the weights, where it is known */
export const describeNet = (
  { net, normalize }: Pick<NetConfig, "net" | "normalize">,
  testAccuracy: number | undefined,
): ConfigOptions => {
  const { ratio, lastRelu, pointwise, dropout } = net;
  const given = Object.entries({ ratio, lastRelu, pointwise, dropout }).filter(
    ([, value]) => value !== undefined,
  );
  return {
    classes: fashionMnistClasses,
    modelArgs: Object.fromEntries(given),
    ...(normalize && { mean: [fashionMnistPixels.mean], std: [fashionMnistPixels.std] }),
    background: "dark",
    metrics: testAccuracy === undefined ? {} : { testAccuracy },
  };
};
