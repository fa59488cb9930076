// The gradient of batch normalisation: two passes if the current backend has the kernel, otherwise tfjs's dozen of operations.
import {
  engine,
  type GradFunc,
  getGradient,
  getKernel,
  type NamedTensorMap,
  registerGradient,
  type Tensor,
  unregisterGradient,
} from "@tensorflow/tfjs-core";

const ours = new WeakSet<GradFunc>();

/** Registers the gradient. tfjs keeps one gradient for a kernel on all backends, so this one checks the current backend. */
export const registerBatchNormGradient = (): void => {
  const builtin = getGradient("FusedBatchNorm");
  // Programs that use tfjs-core without its gradients have none to extend.
  if (!builtin || ours.has(builtin.gradFunc)) return;
  const gradFunc: GradFunc = (output, saved, attributes) => {
    const dy = output as Tensor;
    const [x, mean, variance, scale] = saved;
    const oneAChannel = mean!.rank === 1 && x!.size > 0;
    if (!oneAChannel || !getKernel("FusedBatchNormGrad", engine().backendName))
      return builtin.gradFunc(output, saved, attributes);
    const inputs = { x, mean, variance, dy, ...(scale ? { scale } : {}) } as unknown as NamedTensorMap;
    const gradients: Tensor[] = engine().runKernel("FusedBatchNormGrad", inputs, attributes);
    return Object.fromEntries(
      ["x", "mean", "variance", "scale", "offset"].map((name, i) => [name, () => gradients[i]!]),
    );
  };
  ours.add(gradFunc);
  unregisterGradient("FusedBatchNorm");
  registerGradient({ ...builtin, gradFunc });
};
