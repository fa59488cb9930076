// Own pictures in named classes, as data for the Worker.
import type { DataRequest } from "../../session/session.js";
import { cut, middleSquare, type Rgba, resized, toGrey } from "./prepare.js";

/** A class with its pictures. */
export interface PictureClass {
  name: string;
  pictures: readonly Rgba[];
}

/** Pictures that a class needs at least: some are kept for testing. */
const leastPictures = 4;

/** Whether the classes are enough to train on. */
export const areEnough = (classes: readonly PictureClass[]): boolean =>
  classes.length >= 2 &&
  new Set(classes.map(({ name }) => name.trim())).size === classes.length &&
  classes.every(({ name, pictures }) => name.trim() !== "" && pictures.length >= leastPictures);

/**
 * All pictures as levels in one shape: the square in their middle, in a size.
 *
 * @param channels 1 for grey, 3 for colours
 */
export const pictureData = (
  classes: readonly PictureClass[],
  side: number,
  channels: 1 | 3,
): Extract<DataRequest, { source: "pictures" }> => {
  const size = side * side * channels;
  const all = classes.flatMap(({ pictures }, label) => pictures.map((picture) => ({ picture, label })));
  const images = new Uint8Array(all.length * size);
  all.forEach(({ picture }, i) => {
    const square = cut(picture, middleSquare(picture));
    const { data } = resized(channels === 1 ? toGrey(square) : square, side, side);
    for (let at = 0; at < side * side; at++)
      for (let c = 0; c < channels; c++) images[i * size + at * channels + c] = data[4 * at + c]!;
  });
  return {
    source: "pictures",
    classes: classes.map(({ name }) => name.trim()),
    shape: [side, side, channels],
    images,
    labels: Uint8Array.from(all, ({ label }) => label),
  };
};
