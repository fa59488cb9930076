// What `show-data` does, in order: images, their augmentation, a figure of both, a new file.
import { count, findData, openPictures, type Terminal, UsageError } from "@mlpconv/cli-kit";
import {
  type AnySplit,
  augmentedImages,
  augmentSizeProblem,
  type Dataset,
  type DatasetList,
  datasetNamed,
  imagesAt,
  parseAugment,
} from "@mlpconv/datasets";
import { imageSheet, mostOnSheet, type SheetRow, sheetCell, shrinkImage, shrunkShape } from "@mlpconv/report";
import { drawableNames, replacedNames, toPng } from "@mlpconv/report/node";
import { writeAtomically } from "@mlpconv/weights/node";
import { checkFileIsNew } from "../new-file.js";
import type { ShowDataRequest } from "./options.js";

export interface ShowDataTools {
  terminal: Terminal;
  /** The known data sets; the first is shown unless another is asked for. */
  known: DatasetList;
}

/** @throws UsageError when an augmentation does not fit the images; Error when the file is there already or cannot be written */
export const showData = async (
  request: ShowDataRequest,
  { terminal, known }: ShowDataTools,
): Promise<void> => {
  const { out, augment, json } = request;
  await checkFileIsNew("show-data", out);
  const data = await imagesToShow(request, { terminal, known });
  const problem = augment && augmentSizeProblem(parseAugment(augment), data.shape, "--augment");
  if (problem) throw new UsageError("show-data", [problem]);
  const images = countImages(data, request);
  checkFits(data, images, request);
  const cell = sheetCell(data.shape, images);
  const shape = shrunkShape(data.shape, cell);
  const rows = await sheetRows(data, request, shape);
  const names = drawableNames(data.classes);
  const svg = imageSheet(
    rows.map((row, i) => ({ ...row, name: names[i]! })),
    {
      title: `Training images of ${data.name}`,
      headings: [
        `${data.name}, training images`,
        ...(augment === undefined ? [] : [`${augment}, seed ${request.seed}, epoch ${request.epoch}`]),
      ],
      columns: request.perClass,
      shape,
      cell,
    },
  );
  const png = await toPng(svg);
  await writeAtomically(out, (file) => file.writeFile(png));

  const all = data.classes.length;
  const shown = rows.length < all ? `the first ${rows.length} of ${all} classes` : `${all} classes`;
  terminal.say(`${out}  ${shown} of ${data.name}${augment === undefined ? "" : `, augmented by ${augment}`}`);
  for (const line of replacedNames(data.classes).slice(0, rows.length)) terminal.say(line);
  if (json) {
    const shown = rows.reduce((sum, { groups }) => sum + groups[0]!.length, 0);
    const { seed, epoch } = request;
    process.stdout.write(
      `${JSON.stringify({ out, dataset: data.name, classes: rows.length, images: shown, augment: augment ?? null, seed, epoch })}\n`,
    );
  }
};

const imagesToShow = async (request: ShowDataRequest, { terminal, known }: ShowDataTools): Promise<Shown> => {
  const pictures = await openPictures(request, terminal);
  if (!pictures) return findKnown(request, { terminal, known });
  // Not all of a folder is read to show some of it.
  const train = await pictures.trainingImages();
  const [, height, width, channels] = train.shape;
  return { name: pictures.name, classes: pictures.classes, shape: [height, width, channels], train };
};

/** What the sheet is of. */
type Shown = Pick<Dataset<AnySplit>, "name" | "train" | "classes" | "shape">;

const findKnown = (request: ShowDataRequest, { terminal, known }: ShowDataTools): Promise<Shown> =>
  findData(datasetNamed(request.dataset ?? known[0].name, known), request.data, terminal);

type Counted = Pick<ShowDataRequest, "augment" | "perClass" | "classes">;

/** Images on the sheet, in all groups. */
const countImages = ({ train }: Shown, { augment, perClass, classes: most }: Counted): number => {
  const counts = new Map<number, number>();
  for (const label of train.labels)
    if (label < most) counts.set(label, Math.min(perClass, (counts.get(label) ?? 0) + 1));
  const one = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return augment === undefined ? one : 2 * one;
};

/** @throws UsageError when the sheet would have too many images */
const checkFits = ({ shape }: Shown, images: number, { augment }: Counted): void => {
  const most = mostOnSheet(shape);
  if (images <= most) return;
  const pairs = augment === undefined ? "" : ", each with its augmentation";
  throw new UsageError("show-data", [
    `expected a sheet of at most ${count(most)} images of ${shape.join("x")}, got ${count(images)}${pairs}; ask for fewer: --classes, --per-class`,
  ]);
};

/** Bytes of images that are in memory before they are made smaller. */
const bytesAtATime = 64e6;

/**
 * The first images of each class, as they are and, with `augment`, as an epoch has them.
 *
 * @param drawn the shape in which the images are returned; default their own
 */
export const sheetRows = async (
  { train, classes, shape }: Pick<Dataset<AnySplit>, "train" | "classes" | "shape">,
  {
    augment,
    seed,
    epoch,
    perClass,
    classes: most,
  }: Pick<ShowDataRequest, "augment" | "seed" | "epoch" | "perClass" | "classes">,
  drawn: Dataset["shape"] = shape,
): Promise<SheetRow[]> => {
  const shown = classes.slice(0, most);
  const examples: number[][] = shown.map(() => []);
  for (const [i, label] of train.labels.entries()) {
    const ofClass = examples[label];
    if (ofClass && ofClass.length < perClass) ofClass.push(i);
  }
  const length = shape.reduce((product, side) => product * side, 1);
  const indices = examples.flat();
  const atATime = Math.max(1, Math.floor(bytesAtATime / length));
  /** Reads some images at a time and keeps each as small as it is drawn. */
  const groupOf = async (read: (some: number[]) => Promise<Uint8Array>): Promise<Uint8Array[]> => {
    const group: Uint8Array[] = [];
    for (let start = 0; start < indices.length; start += atATime) {
      const some = indices.slice(start, start + atATime);
      const images = await read(some);
      for (let i = 0; i < some.length; i++)
        group.push(shrinkImage(images.subarray(i * length, (i + 1) * length), shape, drawn));
    }
    return group;
  };

  const groups = [await groupOf((some) => imagesAt(train, some))];
  if (augment !== undefined) {
    const options = { augment: parseAugment(augment), seed, epoch: epoch - 1 };
    groups.push(await groupOf((some) => augmentedImages(train, some, options)));
  }
  return shown.map((name, label) => {
    const first = examples.slice(0, label).reduce((sum, ofClass) => sum + ofClass.length, 0);
    const end = first + examples[label]!.length;
    return { name, groups: groups.map((images) => images.slice(first, end)) };
  });
};
