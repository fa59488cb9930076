// A model as an ONNX file on disk, with one weight in memory at a time.
import type { tf } from "@mlpconv/tensor";
import { type OnnxOptions, onnxParts } from "../onnx/export.js";
import { writeAtomically, writeWhole } from "./atomic.js";

/**
 * Writes the model's ONNX file, atomically: opset 17, "input" [batch, channels, height, width] to "logits" [batch, classes], any batch size. With
 * a `config`, the file takes pixels 0-255 and normalises them itself.
 *
 * @throws OnnxError when a layer has no counterpart or the file would exceed 2 GiB; the system's error when writing fails
 */
export const saveOnnx = (model: tf.LayersModel, path: string, options?: OnnxOptions): Promise<void> =>
  writeAtomically(path, async (file) => {
    for await (const part of onnxParts(model, options)) await writeWhole(file, part);
  });
