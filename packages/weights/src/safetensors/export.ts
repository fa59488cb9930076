// A model's weights as the bytes of a safetensors file, in Node and in browsers.
import type { tf } from "@mlpconv/tensor";
import type { PretrainedConfig } from "../config/config.js";
import { stateDict } from "../state-dict/state-dict.js";
import { writeSafetensors } from "./write.js";

/** What a file of weights says beside them. */
export interface SafetensorsOptions {
  /** Entries of the file's metadata. */
  metadata?: Readonly<Record<string, string>> | undefined;
  /** Description from `pretrainedConfig`, kept as JSON in the metadata entry "config", so that the names of the classes stay with the weights. */
  config?: PretrainedConfig | undefined;
}

/** The metadata of a file of weights. */
export const notesOf = ({ metadata, config }: SafetensorsOptions): Record<string, string> => ({
  // Tools of the Hugging Face hub read from `format` which library's layout it is.
  format: "pt",
  ...metadata,
  ...(config && { config: JSON.stringify(config) }),
});

/** The bytes of the file that `saveWeights` writes: the model's `state_dict`. */
export const exportSafetensors = async (
  model: tf.LayersModel,
  options: SafetensorsOptions = {},
): Promise<Uint8Array> => writeSafetensors(await stateDict(model), notesOf(options));
