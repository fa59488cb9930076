// What normalising needs to know of the training images.
import type { AnySplit } from "./dataset.js";
import { imagesAt } from "./images-at.js";

const imagesAtATime = 256;

/** Mean and standard deviation of each channel, of pixels in [0, 1]. */
export interface ChannelStatistics {
  mean: number[];
  std: number[];
}

/** Mean and standard deviation of each channel over all images, of pixels in [0, 1]. */
export const channelStatistics = async (split: AnySplit): Promise<ChannelStatistics> => {
  const [count, , , channels] = split.shape;
  const { add, statistics } = levelCounter(channels);
  for (let start = 0; start < count; start += imagesAtATime) {
    const length = Math.min(imagesAtATime, count - start);
    const indices = Array.from({ length }, (_, i) => start + i);
    add(await imagesAt(split, indices));
  }
  return statistics();
};

/** Counts levels, so that no rounding adds up and the order of the images does not matter. */
export const levelCounter = (
  channels: number,
): { add(levels: Uint8Array): void; statistics(): ChannelStatistics } => {
  const counts = Array.from({ length: channels }, () => new Float64Array(256));
  return {
    add: (levels) => {
      for (const [c, ofChannel] of counts.entries())
        for (let at = c; at < levels.length; at += channels) ofChannel[levels[at]!]!++;
    },
    statistics: () => {
      const moments = counts.map((ofChannel) => {
        const pixels = ofChannel.reduce((sum, n) => sum + n, 0);
        const mean = ofChannel.reduce((sum, n, level) => sum + n * level, 0) / pixels / 255;
        const variance = ofChannel.reduce((sum, n, level) => sum + n * (level / 255 - mean) ** 2, 0) / pixels;
        return { mean, std: Math.sqrt(variance) };
      });
      return { mean: moments.map(({ mean }) => mean), std: moments.map(({ std }) => std) };
    },
  };
};
