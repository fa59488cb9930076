// A picture's file as grey levels or colours, with errors in the words of the programs.
import { stat } from "node:fs/promises";
import { printable } from "@mlpconv/cli-kit";
import {
  openPictureReader,
  type PictureReader,
  pictureFormats,
  pictureLimits,
} from "@mlpconv/datasets/folder";
import { systemErrorMessage } from "@mlpconv/weights/node";

/**
 * Reads pictures one after another, in a process of its own that starts with the first one.
 *
 * @returns a reader whose errors name the file
 */
export const openPictures = (limits = pictureLimits): PictureReader => {
  const reader = openPictureReader({ limits });
  return {
    read: async (path, options) => {
      try {
        await checkFile(path);
        return await reader.read(path, options);
      } catch (cause) {
        const got =
          (cause as NodeJS.ErrnoException).code === "ENOENT" ? "no such file" : systemErrorMessage(cause);
        throw new Error(
          `${printable(path)}: expected a ${pictureFormats} picture of up to ${limits.mostPixels / 1e6} megapixels, got: ${got}`,
          { cause },
        );
      }
    },
    close: reader.close,
  };
};

/** Whatever is no plain file might never end. */
const checkFile = async (path: string): Promise<void> => {
  const found = await stat(path);
  if (!found.isFile()) throw new Error(found.isDirectory() ? "a folder" : "something that is no file");
};
