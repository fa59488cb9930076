// Schema of pictures.json: the files of the folder of pictures that a run was trained on.
import { name } from "@mlpconv/trainer/events";
import * as v from "valibot";

export const picturesSchema = v.strictObject({
  /** What has a hash: each file, or of very many files each class. */
  each: v.picklist(["file", "class"]),
  /** Its name and the first 16 digits of a SHA-256. A file's name is its path from the folder. */
  hashes: v.array(v.strictTuple([name, v.pipe(v.string(), v.regex(/^[\da-f]{16}$/))])),
});

type PicturesFields = v.InferOutput<typeof picturesSchema>;
/** Contents of pictures.json, which runs of earlier versions do not have. It only helps an error to name the files that differ. */
export interface Pictures extends PicturesFields {}
