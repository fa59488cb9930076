// A model as an ONNX file, in Node and in the browser.
import type { tf } from "@mlpconv/tensor";
import { torchValues } from "../state-dict/state-dict.js";
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

/** Readers of protobuf count the bytes of a message in 31 bits. */
const LIMIT = 2 ** 31 - 1;

/**
 * The parts of a model's ONNX file, one weight at a time. Opset 17. "input" is [batch, channels, height, width] in float32, as PyTorch's own
 * export has it and as ONNX runtimes are fastest with; "logits" is [batch, classes]. The batch is free.
 *
 * @throws OnnxError when a layer has no counterpart or the file would be larger than protobuf allows
 */
export async function* onnxParts(model: tf.LayersModel): AsyncGenerator<Uint8Array> {
  const graph = graphOf(model);
  const fields = graphFields(graph);
  const initializers = graph.initializers.map((parameter) => {
    const bytes = 4 * parameter.shape.reduce((product, size) => product * size, 1);
    const head = tensorFields(parameter.key, parameter.shape, bytes);
    return { parameter, head: joined([opening(INITIALIZER_OF_GRAPH, head.length + bytes), head]), bytes };
  });
  const length = initializers.reduce((sum, { head, bytes }) => sum + head.length + bytes, fields.length);
  if (length > LIMIT)
    throw new OnnxError(`exportOnnx: expected a graph of at most ${LIMIT} bytes, got ${length}`);

  yield modelFields();
  yield opening(GRAPH_OF_MODEL, length);
  yield fields;
  for (const { parameter, head } of initializers) {
    yield head;
    const { buffer, byteOffset, byteLength } = await torchValues(parameter);
    yield new Uint8Array(buffer, byteOffset, byteLength);
  }
}

/**
 * The bytes of a model's ONNX file; see `onnxParts` for what it holds.
 *
 * @throws OnnxError when a layer has no counterpart or the file would be larger than protobuf allows
 */
export const exportOnnx = async (model: tf.LayersModel): Promise<Uint8Array> => {
  const parts: Uint8Array[] = [];
  for await (const part of onnxParts(model)) parts.push(part);
  return joined(parts);
};
