// Pairs of layers that are one operation in training: the first one leaves its work to the second, and its own output is not what its name says. So
// nothing else may see that output.
import type { tf } from "@mlpconv/tensor";
import type { Layer } from "./builtin.js";

/** What a model passes to its layers. */
export interface CallOptions {
  /** Whether the model is trained. */
  training?: boolean;
  /**
   * The model that is applied, as the trainer says it. Without it, as in a direct `apply` or `fit`, every layer does its own work, because a layer
   * does not see which outputs are wanted.
   */
  model?: tf.LayersModel;
  [option: string]: unknown;
}

/** Whether a layer's output goes to `reader` alone, which reads it wherever it is used, within the model that is applied and in training. */
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
