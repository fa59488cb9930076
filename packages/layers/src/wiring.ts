// The layers of a model and which of them each reads, for models with branches.
import type { tf } from "@mlpconv/tensor";
import type { Layer } from "./builtin.js";

/** A layer of a model with the layers whose outputs it reads. */
export interface WiredLayer {
  /** One of the model's layers. */
  layer: Layer;
  /** The layers it reads, in the order of its inputs; none for a layer that reads the model's input itself. */
  inputs: readonly Layer[];
}

/**
 * The layers between a model's input and its outputs, each behind those that it reads. One branch comes whole before the next one, in the order in
 * which they are joined: that of PyTorch's modules, while `model.layers` of a model with branches goes by depth.
 */
export const wiring = (model: tf.LayersModel): WiredLayer[] => {
  const own = new Set(model.layers);
  const found = new Map<Layer, WiredLayer>();
  const visit = ({ sourceLayer, inputs }: tf.SymbolicTensor): void => {
    if (found.has(sourceLayer) || !own.has(sourceLayer)) return;
    inputs.forEach(visit);
    const sources = inputs.map((input) => input.sourceLayer).filter((source) => own.has(source));
    found.set(sourceLayer, { layer: sourceLayer, inputs: sources });
  };
  model.outputs.forEach(visit);
  return [...found.values()];
};
