// A model as an ONNX file on the disk, one weight in memory at a time.
import type { tf } from "@mlpconv/tensor";
import { onnxParts } from "../onnx/export.js";
import { writeAtomically, writeWhole } from "./atomic.js";

/**
 * Writes the model's ONNX file, atomically: opset 17, "input" [batch, channels, height, width] to "logits" [batch, classes], any batch.
 *
 * @throws OnnxError when a layer has no counterpart or the file would pass 2 GiB; the system's error when the disk refuses
 */
export const saveOnnx = (model: tf.LayersModel, path: string): Promise<void> =>
  writeAtomically(path, async (file) => {
    for await (const part of onnxParts(model)) await writeWhole(file, part);
  });
