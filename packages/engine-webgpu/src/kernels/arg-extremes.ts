// ArgMax and ArgMin of a vector: the stock kernels give one value of shape [1] for a scalar.
import { getKernel, type KernelConfig, type KernelFunc, type TensorInfo } from "@tensorflow/tfjs-core";
import { kernelFor } from "../kernel.js";

const ofVector = (kernelName: string): KernelConfig => {
  const stock: KernelFunc = getKernel(kernelName, "webgpu").kernelFunc;
  return kernelFor<{ x: TensorInfo }, object>(
    kernelName,
    ({ x }) => x.shape.length === 1,
    (inputs, attributes, backend) => {
      const place = stock({ inputs, attrs: { ...attributes }, backend }) as TensorInfo;
      return { ...place, shape: [] };
    },
  );
};

export const argExtremes = ["ArgMax", "ArgMin"].map(ofVector);
