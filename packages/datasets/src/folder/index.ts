// @mlpconv/datasets/folder: folders of pictures as data sets, and the decoder of pictures. Node only; needs the package sharp.

export { type Fit, fits } from "../fits.js";
export {
  type DecodeOptions,
  hasPictureName,
  type Picture,
  type PictureChannels,
  pictureFormats,
} from "./decode-picture.js";
export {
  type FolderLoadOptions,
  type FolderScanOptions,
  folderDefaults,
  type PictureOptions,
} from "./folder-options.js";
export { type ImageFolderOptions, imageFolder, type OpenFolder, openImageFolder } from "./image-folder.js";
export { isImageFolder } from "./layout.js";
export {
  openPictureReader,
  PictureError,
  type PictureLimits,
  type PictureReader,
  pictureLimits,
} from "./picture-reader.js";
export { pictureDifferences } from "./picture-record.js";
export { firstNames, printable } from "./printable.js";
