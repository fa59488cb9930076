import { useEngine } from "@mlpconv/tensor";
import { beforeAll, describe, expect, it } from "vitest";
import { toGarment } from "./fit-image.js";

beforeAll(async () => {
  await useEngine("cpu");
});

/** A disc of one shade on another. */
const disc = (width: number, height: number, [background, shade]: readonly [number, number]) => {
  const radius = Math.min(width, height) / 3;
  const levels = Uint8Array.from({ length: width * height }, (_, i) =>
    Math.hypot((i % width) - width / 2 + 0.5, Math.floor(i / width) - height / 2 + 0.5) < radius
      ? shade
      : background,
  );
  return { levels, width, height };
};
const at = (levels: Uint8Array, x: number, y: number) => levels[y * 28 + x]!;

describe("toGarment", () => {
  it("leaves a picture of the data set's own kind as it is, bit for bit", async () => {
    const levels = Uint8Array.from({ length: 784 }, (_, i) =>
      i % 28 === 0 || i % 28 === 27 ? 0 : (i * 37) % 256,
    );
    expect(await toGarment({ levels, width: 28, height: 28 }, "auto")).toEqual({ levels, inverted: false });
  });

  it("inverts what is light in its corners, unless told otherwise", async () => {
    const light = disc(28, 28, [250, 30]);
    expect(await toGarment(light, "auto")).toEqual({
      levels: light.levels.map((level) => 255 - level),
      inverted: true,
    });
    expect(await toGarment(light, "no")).toEqual({ levels: light.levels, inverted: false });
    const dark = disc(28, 28, [5, 230]);
    expect((await toGarment(dark, "auto")).inverted).toBe(false);
    expect(await toGarment(dark, "yes")).toEqual({
      levels: dark.levels.map((level) => 255 - level),
      inverted: true,
    });
  });

  it("is not misled by one corner that the garment reaches into", async () => {
    const picture = disc(28, 28, [250, 30]);
    picture.levels[0] = 10;
    expect((await toGarment(picture, "auto")).inverted).toBe(true);
  });

  it.each([
    [280, 140],
    [140, 280],
    [1000, 500],
    [14, 7],
  ])("%dx%d: scales the longer side to 28 and pads the other with the background", async (width, height) => {
    const { levels, inverted } = await toGarment(disc(width, height, [250, 30]), "auto");
    expect(inverted).toBe(true);
    expect(levels).toHaveLength(784);
    expect(at(levels, 14, 14)).toBe(225);
    for (const [x, y] of [
      [0, 0],
      [27, 27],
      [0, 27],
      [14, 0],
      [0, 14],
      [27, 14],
      [14, 27],
    ] as const) {
      expect(at(levels, x, y)).toBe(5);
    }
  });

  it.each([
    [1, 1],
    [5000, 1],
    [1, 5000],
  ])("%dx%d has a place in the middle too", async (width, height) => {
    const picture = { levels: new Uint8Array(width * height).fill(40), width, height };
    expect((await toGarment(picture, "auto")).levels).toEqual(new Uint8Array(784).fill(40));
  });
});
