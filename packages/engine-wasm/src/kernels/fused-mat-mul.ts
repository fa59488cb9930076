// _FusedMatMul, stock but for the activations whose XNNPACK form makes 0 of NaN: those are apart.
import type { NamedAttrMap, TensorInfo } from "@tensorflow/tfjs-core";
import { dispose } from "../heap.js";
import { kernel, stock } from "../kernel.js";
import { clipping } from "./clip.js";

type Inputs = { [name: string]: TensorInfo };

const stockMatMul = stock("_FusedMatMul");

export const fusedMatMul = kernel<Inputs, NamedAttrMap>("_FusedMatMul", (inputs, attrs, backend) => {
  const activate = clipping.get(String(attrs.activation));
  if (!activate) return stockMatMul(inputs, attrs, backend);
  const z = stockMatMul(inputs, { ...attrs, activation: "linear" }, backend);
  const y = activate({ x: z }, backend);
  dispose(backend, z);
  return y;
});
