// Fused kernels with a ReLU6: tfjs's shaders turn NaN into a number, so ReLU6 runs as a kernel of its own.
import { getKernel, type KernelConfig, type KernelFunc, type TensorInfo } from "@tensorflow/tfjs-core";
import { kernelFor } from "../kernel.js";
import { fusedMatMul } from "./mat-mul.js";
import { relu6 } from "./relu6.js";

interface Attributes {
  activation?: string;
}

const fused = (
  kernelName: string,
  builtin: KernelFunc = getKernel(kernelName, "webgpu").kernelFunc,
): KernelConfig =>
  kernelFor<Record<string, TensorInfo>, Attributes>(
    kernelName,
    (_, { activation }) => activation === "relu6",
    (inputs, attributes, backend) => {
      const z = builtin({ inputs, attrs: { ...attributes, activation: "linear" }, backend }) as TensorInfo;
      const y = relu6.kernelFunc({ inputs: { x: z }, attrs: {}, backend });
      backend.disposeData(z.dataId);
      return y;
    },
    builtin,
  );

export const fusedWithRelu6 = [
  fused("_FusedMatMul", fusedMatMul.kernelFunc),
  fused("FusedConv2D"),
  fused("FusedDepthwiseConv2D"),
];
