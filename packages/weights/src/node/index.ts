// @mlpconv/weights/node: the same formats as files, streamed and atomic.

export { replaceFolder, syncFolder, writeAtomically } from "./atomic.js";
export { loadWeights, saveWeights } from "./model-weights.js";
export { openFile, readText } from "./open-file.js";
export { fromPretrained, savePretrained } from "./pretrained.js";
export {
  openSafetensors,
  type ReadFileOptions,
  readSafetensorsFile,
  type SafetensorsFile,
} from "./read-file.js";
export { loadModel, type SaveModelOptions, saveModel } from "./save-model.js";
export { saveOnnx } from "./save-onnx.js";
export { systemWords } from "./system-words.js";
export { removeTemporaries, temporaryBeside } from "./temporary.js";
export { type LazyTensor, type WriteFileOptions, writeSafetensorsFile } from "./write-file.js";
