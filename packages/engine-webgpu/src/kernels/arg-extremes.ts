// ArgMax and ArgMin of a vector: tfjs's own kernels return shape [1] instead of a scalar.
import { getKernel, type KernelConfig, type KernelFunc, type TensorInfo } from "@tensorflow/tfjs-core";
import { kernelFor } from "../kernel.js";

const ofVector = (kernelName: string): KernelConfig => {
  const builtin: KernelFunc = getKernel(kernelName, "webgpu").kernelFunc;
  return kernelFor<{ x: TensorInfo }, object>(
    kernelName,
    ({ x }) => x.shape.length === 1,
    (inputs, attributes, backend) => {
      const place = builtin({ inputs, attrs: { ...attributes }, backend }) as TensorInfo;
      return { ...place, shape: [] };
    },
  );
};

export const argExtremes = ["ArgMax", "ArgMin"].map(ofVector);
