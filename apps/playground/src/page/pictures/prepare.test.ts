import { fashionMnistInfo } from "@mlpconv/datasets/info";
import { describe, expect, test } from "vitest";
import { aroundLines, cut, middleSquare, prepare, type Rgba, resized, rgbaOf, toGrey } from "./prepare.js";

const filled = (width: number, height: number, colour: readonly number[]): Rgba => ({
  width,
  height,
  data: new Uint8ClampedArray(width * height * 4).map((_, i) => colour[i % 4]!),
});
const dot = (picture: Rgba, x: number, y: number, level: number): Rgba => {
  picture.data.fill(level, 4 * (y * picture.width + x), 4 * (y * picture.width + x) + 3);
  return picture;
};

describe("a picture as the data set's images are", () => {
  test("a drawing on white is cropped around its lines and inverted for images on black", () => {
    const drawing = filled(100, 100, [255, 255, 255, 255]);
    for (let y = 40; y < 60; y++) for (let x = 30; x < 40; x++) dot(drawing, x, y, 0);
    const box = aroundLines(drawing);
    expect(box).toEqual({ x: 24, y: 39, width: 23, height: 23 });
    const { inverted, pixels, grey } = prepare(drawing, box, fashionMnistInfo, "auto");
    expect(inverted).toBe(true);
    expect(grey).toMatchObject({ width: 23, height: 23 });
    expect(pixels).toHaveLength(28 * 28);
    expect(pixels[0]).toBe(0);
    expect(pixels[14 * 28 + 14]).toBe(255);
  });

  test("what the reader says about inverting counts", () => {
    const white = filled(28, 28, [255, 255, 255, 255]);
    const level = (inversion: "auto" | "yes" | "no") =>
      prepare(white, middleSquare(white), fashionMnistInfo, inversion).pixels[0];
    expect([level("auto"), level("yes"), level("no")]).toEqual([0, 0, 255]);
  });

  test("a test image is the same after preparation", () => {
    const pixels = Uint8Array.from({ length: 28 * 28 }, (_, i) =>
      i % 28 === 0 || i < 28 ? 0 : (i * 7) % 256,
    );
    const picture = rgbaOf(pixels, [28, 28, 1]);
    expect(prepare(picture, middleSquare(picture), fashionMnistInfo, "no").pixels).toEqual(pixels);
  });

  test("colours stay where images have them, and are not inverted without a background", () => {
    const red = filled(40, 20, [200, 10, 20, 255]);
    const { grey, pixels, inverted, cropped } = prepare(red, middleSquare(red), { shape: [2, 2, 3] }, "auto");
    expect([grey, inverted, cropped.width]).toEqual([undefined, false, 20]);
    expect([...pixels.subarray(0, 3)]).toEqual([200, 10, 20]);
  });

  test("transparent parts are white", () => {
    expect([...cut(filled(1, 1, [0, 0, 0, 0]), { x: 0, y: 0, width: 1, height: 1 }).data]).toEqual([
      255, 255, 255, 255,
    ]);
  });

  test("a smaller picture has the means of areas", () => {
    const picture = dot(filled(3, 1, [0, 0, 0, 255]), 1, 0, 90);
    expect(resized(picture, 2, 1).data[0]).toBe(30);
    expect(toGrey(filled(1, 1, [255, 0, 0, 255])).data[0]).toBe(76);
  });
});
