// Each net against PyTorch: the same parameters and pixels must give the same logits, loss and gradients.
import type { Engine } from "@mlpconv/tensor";
import { eachEngine, type GoldenName, goldenNames, goldenTolerance } from "@mlpconv/testing";
import { test } from "vitest";
import { nightly } from "../../../test/nightly.js";
import { compareWithGolden } from "./golden-net.js";

/** Plain JavaScript takes minutes for the others. */
const onCpu: readonly GoldenName[] = ["lenet-28", "nin-mnist-ratio4-28"];

/**
 * A software driver takes half a minute for each of these; NiN at 96 pixels and LeNet have their layers, and the conformance suite has AlexNet's
 * padding and strides.
 */
const notOnSoftwareGpu: readonly GoldenName[] = [
  "alexnet-224",
  "nin-224",
  "vgg11-ratio4-224",
  "nin-mnist-28",
  "nin-mnist-ratio4-28",
  "nin-cifar-32",
];

/** LeNet, whose training steps are compared too, for each change: the layers of NiN are compared with those of `cpu` in a training. */
const byNight: readonly GoldenName[] = ["nin-96"];

/** On instruction sets other than the widest, whose kernels the conformance suite runs: NiN at 96 pixels and the small nets have their shapes. */
const notOnOtherIsas: readonly GoldenName[] = ["alexnet-224", "nin-224", "vgg11-ratio4-224"];

const goldensOf = (engine: Engine): readonly GoldenName[] => {
  if (engine.name === "cpu") return onCpu;
  if (process.env.MLPCONV_ISA && !process.env.MLPCONV_EXACT)
    return goldenNames.filter((name) => !notOnOtherIsas.includes(name));
  const isSoftware = engine.name === "webgpu" && !engine.gpu;
  const left = [...notOnSoftwareGpu, ...(nightly ? [] : byNight)];
  return isSoftware ? goldenNames.filter((name) => !left.includes(name)) : goldenNames;
};

/**
 * A near tie in its last max pooling falls on the neighbour where multiply-adds are fused: the gradients before it then move by up to
 * 5e-3 of their largest entry, those behind it stay within 3e-6.
 */
const nearTie: GoldenName = "alexnet-224";

await eachEngine((engine) => {
  // Where Winograd is not used, sums differ from PyTorch's in their order alone.
  const exact = engine.name === "native" && process.env.MLPCONV_EXACT === "1";
  const { exact: share } = goldenTolerance;
  test.each(goldensOf(engine))(
    "the logits, loss and every gradient of %s equal PyTorch's",
    { timeout: 300_000 },
    (name) =>
      compareWithGolden(name, {
        ...goldenTolerance,
        ...(exact && { logits: share }),
        ...(exact && name !== nearTie && { entry: share, ofLargest: true }),
      }),
  );
});
