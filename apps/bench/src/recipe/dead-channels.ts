// Counts dead channels of a trained model: channels whose ReLU is zero at every pixel of every image.
import type { Loader } from "@mlpconv/datasets";
import { layerKind } from "@mlpconv/layers/kinds";
import type { tf } from "@mlpconv/tensor";
import { channelActivity } from "@mlpconv/trainer";

export interface DeadChannels {
  /** Number of dead class maps, if these end in a ReLU; the logits of their classes are always 0. */
  classes: number;
  /** Number of dead channels of all other convolutions with a ReLU. */
  hidden: number;
  /** Number of channels of those convolutions. */
  hiddenChannels: number;
}

export const deadChannels = async (model: tf.LayersModel, images: Loader): Promise<DeadChannels> => {
  const counts: DeadChannels = { classes: 0, hidden: 0, hiddenChannels: 0 };
  const [classMaps, last] = model.layers.slice(-2);
  const endsInMaps = last!.getClassName() === "GlobalAveragePooling2D";
  for (const { layer, active } of (await channelActivity(model, images)).layers) {
    if (layerKind(model.getLayer(layer).getClassName()).family === "dense") continue;
    const dead = active.filter((count) => count === 0).length;
    if (endsInMaps && layer === classMaps!.name) {
      counts.classes = dead;
    } else {
      counts.hidden += dead;
      counts.hiddenChannels += active.length;
    }
  }
  return counts;
};
