// The messages of onnx.proto that a model needs, by their field numbers (github.com/onnx/onnx, onnx/onnx.proto).
import { PbfWriter } from "pbf";
import type { OnnxGraph, OnnxNode } from "./graph.js";

/** IR version that belongs to opset 17. This opset is supported by all current runtimes and has every operator that is needed. */
const IR_VERSION = 8;
const OPSET = 17;

const FLOAT = 1; // TensorProto.DataType
const ATTRIBUTE_FLOAT = 1; // AttributeProto.AttributeType
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;
const LENGTH_DELIMITED = 2; // protobuf's wire type

/** The fields of ModelProto except its graph; the notes become metadata_props. */
export const modelFields = (notes: Readonly<Record<string, string>>): Uint8Array => {
  const model = new PbfWriter();
  model.writeVarintField(1, IR_VERSION);
  model.writeStringField(2, "mlpconv");
  model.writeMessage(8, (_, opset) => opset.writeVarintField(2, OPSET), null);
  for (const note of Object.entries(notes)) model.writeMessage(14, writeNote, note);
  return model.finish();
};

/** Writes a StringStringEntryProto. */
const writeNote = ([key, value]: [string, string], entry: PbfWriter) => {
  entry.writeStringField(1, key);
  entry.writeStringField(2, value);
};

/** The fields of GraphProto except its initializers. */
export const graphFields = ({ name, nodes, constants, inputShape, outputShape }: OnnxGraph): Uint8Array => {
  const graph = new PbfWriter();
  for (const node of nodes) graph.writeMessage(1, writeNode, node);
  graph.writeStringField(2, name);
  for (const { name, shape, values } of constants) {
    const bytes = new Uint8Array(Float32Array.from(values).buffer);
    graph.writeBytesField(INITIALIZER_OF_GRAPH, joined([tensorFields(name, shape, bytes.length), bytes]));
  }
  graph.writeMessage(11, writeValue, { name: "input", shape: inputShape });
  graph.writeMessage(12, writeValue, { name: "logits", shape: outputShape });
  return graph.finish();
};

/** The fields of a TensorProto up to its raw data, which must follow. */
export const tensorFields = (name: string, shape: number[], bytes: number): Uint8Array => {
  const tensor = new PbfWriter();
  for (const size of shape) tensor.writeVarintField(1, size);
  tensor.writeVarintField(2, FLOAT);
  tensor.writeStringField(8, name);
  return joined([tensor.finish(), opening(9, bytes)]);
};

export const GRAPH_OF_MODEL = 7;
export const INITIALIZER_OF_GRAPH = 5;

/** The bytes before an embedded message: its field number and its length. */
export const opening = (field: number, length: number): Uint8Array => {
  const writer = new PbfWriter();
  writer.writeTag(field, LENGTH_DELIMITED);
  writer.writeVarint(length);
  return writer.finish();
};

export const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

const writeNode = ({ op, name, inputs, output, attributes }: OnnxNode, node: PbfWriter) => {
  for (const input of inputs) node.writeStringField(1, input);
  node.writeStringField(2, output);
  node.writeStringField(3, name);
  node.writeStringField(4, op);
  for (const attribute of Object.entries(attributes)) node.writeMessage(5, writeAttribute, attribute);
};

const writeAttribute = ([name, value]: [string, OnnxNode["attributes"][string]], attribute: PbfWriter) => {
  attribute.writeStringField(1, name);
  if (typeof value === "number") attribute.writeVarintField(3, value);
  else if (Array.isArray(value)) for (const item of value) attribute.writeVarintField(8, item);
  else attribute.writeFloatField(2, value.float);
  const type =
    typeof value === "number" ? ATTRIBUTE_INT : Array.isArray(value) ? ATTRIBUTE_INTS : ATTRIBUTE_FLOAT;
  attribute.writeVarintField(20, type);
};

/** Writes a ValueInfoProto: float32 values with any batch size. */
const writeValue = ({ name, shape }: { name: string; shape: number[] }, value: PbfWriter) => {
  value.writeStringField(1, name);
  value.writeMessage(2, (_, type) => type.writeMessage(1, writeTensorType, shape), null);
};

const writeTensorType = (shape: number[], tensor: PbfWriter) => {
  tensor.writeVarintField(1, FLOAT);
  tensor.writeMessage(2, writeShape, shape);
};

const writeShape = (sizes: number[], shape: PbfWriter) => {
  shape.writeMessage(1, (_, batch) => batch.writeStringField(2, "batch"), null);
  for (const size of sizes) {
    shape.writeMessage(
      1,
      (length: number, dimension: PbfWriter) => dimension.writeVarintField(1, length),
      size,
    );
  }
};
