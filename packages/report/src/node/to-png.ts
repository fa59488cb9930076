// SVG to PNG: resvg as WebAssembly with the letters of one font package, so that a figure is the same image on every machine, one without
// fonts included. Letters beyond Latin, Greek and Cyrillic are drawn as boxes.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { type Theme, withTheme } from "../themes.js";

/** Size and colours of a PNG. */
export interface PngOptions {
  /** Pixels of the image for each of the figure. Default 1. */
  scale?: number;
  /** Default "light". */
  theme?: Theme;
}

/**
 * A figure as PNG.
 *
 * @throws RangeError when the scale is out of range; Error when it is not an SVG
 */
export const toPng = async (
  svg: string,
  { scale = 1, theme = "light" }: PngOptions = {},
): Promise<Uint8Array> => {
  if (!(scale > 0 && scale <= 8)) {
    throw new RangeError(`toPng: expected a scale above 0 and at most 8, got ${scale}`);
  }
  const fontBuffers = await prepared();
  const image = new Resvg(withTheme(svg, theme), {
    font: { fontBuffers, defaultFontFamily: "Inter", sansSerifFamily: "Inter" },
    fitTo: { mode: "zoom", value: scale },
  });
  try {
    const rendered = image.render();
    try {
      return rendered.asPng();
    } finally {
      rendered.free();
    }
  } finally {
    image.free();
  }
};

let preparation: Promise<Uint8Array[]> | undefined;

/** Once in a process: the program may be loaded only once. */
const prepared = (): Promise<Uint8Array[]> => {
  preparation ??= prepare();
  return preparation;
};

const prepare = async (): Promise<Uint8Array[]> => {
  await initWasm(await readFile(pathOf("@resvg/resvg-wasm/index_bg.wasm")));
  const subsets = ["latin", "latin-ext", "greek", "cyrillic"];
  const files = subsets.flatMap((subset) =>
    [400, 600].map((weight) => `@fontsource/inter/files/inter-${subset}-${weight}-normal.woff2`),
  );
  return Promise.all(files.map((file) => readFile(pathOf(file))));
};

const pathOf = (file: string): string => createRequire(import.meta.url).resolve(file);
