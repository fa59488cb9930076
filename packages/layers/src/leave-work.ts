// Pairs of layers that are one operation in training: the first one leaves its work to the second, so its own output is not what its name says, and
// nothing else may read it.
import type { tf } from "@mlpconv/tensor";
import type { Layer } from "./builtin.js";

/** Options that a model passes to its layers. */
export interface CallOptions {
  /** Whether the model is trained. */
  training?: boolean;
  /**
   * The model that is applied; `train` passes it. Without it, as in `model.fit`, every layer does its own work, because a layer does not see which
   * outputs are wanted.
   */
  model?: tf.LayersModel;
  [option: string]: unknown;
}

/** Whether a layer may leave its work to `reader`: in training, where in the model that is applied its output goes to `reader` alone, and `reader` always reads it. */
export const leavesWork = (
  layer: Layer,
  reader: Layer | undefined,
  { training, model }: CallOptions,
): boolean => {
  if (!training || !reader || !model?.layers.includes(layer)) return false;
  const { inboundNodes, outboundNodes } = layer;
  const isOutput = inboundNodes.some(({ outputTensors }) =>
    outputTensors.some((output) => model.outputs.includes(output)),
  );
  return (
    !isOutput &&
    outboundNodes.length > 0 &&
    outboundNodes.every(({ outboundLayer }) => outboundLayer === reader) &&
    reader.inboundNodes.every(({ inboundLayers }) => inboundLayers.includes(layer))
  );
};
