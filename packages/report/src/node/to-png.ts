// Converts SVG to PNG with resvg in WebAssembly and the font of a package, so that a figure is the same image on every machine, even
// without fonts. Letters other than Latin, Greek and Cyrillic would be drawn as boxes: see drawable-names.ts.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { type Theme, withTheme } from "../themes.js";
import { fontSubsets } from "./drawable-names.js";

/** Size and colours of a PNG. */
export interface PngOptions {
  /** Pixels of the image for each unit of the figure. Default 1. */
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

/** Loads resvg and the fonts, once in a process: resvg can be initialised only once. */
const prepared = (): Promise<Uint8Array[]> => {
  preparation ??= prepare();
  return preparation;
};

const prepare = async (): Promise<Uint8Array[]> => {
  await initWasm(await readFile(pathOf("@resvg/resvg-wasm/index_bg.wasm")));
  const files = fontSubsets.flatMap((subset) =>
    [400, 600].map((weight) => `@fontsource/inter/files/inter-${subset}-${weight}-normal.woff2`),
  );
  return Promise.all(files.map((file) => readFile(pathOf(file))));
};

const pathOf = (file: string): string => createRequire(import.meta.url).resolve(file);
