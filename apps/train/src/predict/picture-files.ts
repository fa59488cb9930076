// The pictures that `predict` is asked for: files as they were named, and of folders all pictures in them and below.
import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { printable } from "@mlpconv/cli-kit";
import { hasPictureName, pictureFormats } from "@mlpconv/datasets/folder";
import { systemErrorMessage } from "@mlpconv/weights/node";

/** A picture to predict. */
export interface PictureFile {
  file: string;
  /** The class that its folder says: the name of the folder in the operand that it is in, where a class has that name. */
  label?: string;
}

/** Why a picture, or a folder of them, has no prediction. */
export interface PictureFailure {
  file: string;
  /** What was expected and what was there, in words. */
  error: string;
}

/**
 * Finds the pictures, in the order of the operands and in a folder by name.
 *
 * @param operands paths of files and folders
 * @param classes names of the classes, for folders that are named after them
 */
export const findPictures = async (
  operands: readonly string[],
  classes: readonly string[],
): Promise<{ pictures: PictureFile[]; failed: PictureFailure[] }> => {
  const labels = new Map(classes.map((name) => [name.normalize("NFC"), name]));
  const pictures: PictureFile[] = [];
  const failed: PictureFailure[] = [];
  for (const operand of operands) {
    if (!(await isFolder(operand))) {
      pictures.push({ file: operand });
      continue;
    }
    const before = pictures.length + failed.length;
    for await (const found of picturesBelow(operand)) {
      if ("error" in found) failed.push(found);
      else {
        const label = found.folder === undefined ? undefined : labels.get(found.folder.normalize("NFC"));
        pictures.push({ file: found.file, ...(label !== undefined && { label }) });
      }
    }
    if (pictures.length + failed.length === before)
      failed.push({
        file: operand,
        error: `${printable(operand)}: expected a folder with pictures in it or below (${pictureFormats}), got none`,
      });
  }
  return { pictures, failed };
};

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** Pictures in a folder and below, selected by name; `folder` is the one directly in the operand. Links to folders are left out, because they may lead round. */
async function* picturesBelow(
  path: string,
  top?: string,
): AsyncGenerator<{ file: string; folder?: string | undefined } | PictureFailure> {
  let entries: Dirent[];
  try {
    entries = await readdir(path, { withFileTypes: true });
  } catch (cause) {
    yield {
      file: path,
      error: `${printable(path)}: expected a folder that can be read, got: ${systemErrorMessage(cause)}`,
    };
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const below = join(path, entry.name);
    if (entry.isDirectory()) yield* picturesBelow(below, top ?? entry.name);
    else if (
      hasPictureName(entry.name) &&
      (entry.isFile() || (entry.isSymbolicLink() && !(await isFolder(below))))
    )
      yield { file: below, folder: top };
  }
}
