// A model as the bytes of an ONNX file, in Node and in browsers.
import type { tf } from "@mlpconv/tensor";
import type { PretrainedConfig } from "../config/config.js";
import { rawPixels, rescalingOf } from "../config/raw-pixels.js";
import { graphOf, OnnxError } from "./graph.js";
import {
  GRAPH_OF_MODEL,
  graphFields,
  INITIALIZER_OF_GRAPH,
  joined,
  modelFields,
  opening,
  tensorFields,
} from "./messages.js";

/** Size limit: protobuf readers hold a message's length in 31 bits. */
const LIMIT = 2 ** 31 - 1;

/** Options of the ONNX export. */
export interface OnnxOptions {
  /**
   * Description from `pretrainedConfig`. With it the file takes pixels 0-255, normalises them itself, and holds the description as the
   * metadata entry "config". Default: the file takes the same input as the model.
   */
  config?: PretrainedConfig | undefined;
  /** Whether batch normalisation becomes part of the convolution before it: fewer nodes, the same logits but for rounding. Default false. */
  foldBatchNorm?: boolean | undefined;
}

/**
 * The parts of a model's ONNX file, one weight at a time. Opset 17. "input" is [batch, channels, height, width] in float32, the layout of PyTorch's
 * own export and the fastest one in ONNX runtimes; "logits" is [batch, classes]. The batch size is free.
 *
 * @throws OnnxError when a layer has no counterpart or the file would be larger than protobuf allows
 */
export async function* onnxParts(
  model: tf.LayersModel,
  { config, foldBatchNorm = false }: OnnxOptions = {},
): AsyncGenerator<Uint8Array> {
  const graph = graphOf(model, { rescaling: config && rescalingOf(config), foldBatchNorm });
  const fields = graphFields(graph);
  const initializers = graph.initializers.map(({ key, shape, values }) => {
    const bytes = 4 * shape.reduce((product, size) => product * size, 1);
    const head = tensorFields(key, shape, bytes);
    return { values, head: joined([opening(INITIALIZER_OF_GRAPH, head.length + bytes), head]), bytes };
  });
  const length = initializers.reduce((sum, { head, bytes }) => sum + head.length + bytes, fields.length);
  if (length > LIMIT)
    throw new OnnxError(`exportOnnx: expected a graph of at most ${LIMIT} bytes, got ${length}`);

  yield modelFields(config ? { config: JSON.stringify(rawPixels(config)) } : {});
  yield opening(GRAPH_OF_MODEL, length);
  yield fields;
  for (const { values, head } of initializers) {
    yield head;
    const { buffer, byteOffset, byteLength } = await values();
    yield new Uint8Array(buffer, byteOffset, byteLength);
  }
}

/**
 * The bytes of a model's ONNX file; see `onnxParts` for its contents.
 *
 * @throws OnnxError when a layer has no counterpart or the file would be larger than protobuf allows
 */
export const exportOnnx = async (model: tf.LayersModel, options?: OnnxOptions): Promise<Uint8Array> => {
  const parts: Uint8Array[] = [];
  for await (const part of onnxParts(model, options)) parts.push(part);
  return joined(parts);
};
