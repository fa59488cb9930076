import { fashionMnistInfo } from "@mlpconv/datasets";
import type { Picture } from "@mlpconv/datasets/folder";
import { useEngine } from "@mlpconv/tensor";
import { beforeAll, describe, expect, it } from "vitest";
import { behindPicture, fitImage, type ImageKind, type Inversion } from "./fit-image.js";

beforeAll(async () => {
  await useEngine("cpu");
});

type GreyPicture = Omit<Picture, "channels">;
const asFashionMnist = (picture: GreyPicture, invert: Inversion) =>
  fitImage({ ...picture, channels: 1 }, fashionMnistInfo, invert);

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

describe("a picture for Fashion-MNIST", () => {
  it("leaves a picture of the data set's own kind as it is, bit for bit", async () => {
    const levels = Uint8Array.from({ length: 784 }, (_, i) =>
      i % 28 === 0 || i % 28 === 27 ? 0 : (i * 37) % 256,
    );
    expect(await asFashionMnist({ levels, width: 28, height: 28 }, "auto")).toEqual({
      levels,
      inverted: false,
    });
  });

  it("inverts what is light in its corners, unless told otherwise", async () => {
    const light = disc(28, 28, [250, 30]);
    expect(await asFashionMnist(light, "auto")).toEqual({
      levels: light.levels.map((level) => 255 - level),
      inverted: true,
    });
    expect(await asFashionMnist(light, "no")).toEqual({ levels: light.levels, inverted: false });
    const dark = disc(28, 28, [5, 230]);
    expect((await asFashionMnist(dark, "auto")).inverted).toBe(false);
    expect(await asFashionMnist(dark, "yes")).toEqual({
      levels: dark.levels.map((level) => 255 - level),
      inverted: true,
    });
  });

  it("is not misled by one corner that the object reaches into", async () => {
    const picture = disc(28, 28, [250, 30]);
    picture.levels[0] = 10;
    expect((await asFashionMnist(picture, "auto")).inverted).toBe(true);
  });

  it.each([
    [280, 140],
    [140, 280],
    [1000, 500],
    [14, 7],
  ])(
    "scales the longer side of %dx%d to 28 and pads the other with the background",
    async (width, height) => {
      const { levels, inverted } = await asFashionMnist(disc(width, height, [250, 30]), "auto");
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
    },
  );

  it.each([
    [1, 1],
    [5000, 1],
    [1, 5000],
  ])("centres a picture of %dx%d", async (width, height) => {
    const picture = { levels: new Uint8Array(width * height).fill(40), width, height };
    expect((await asFashionMnist(picture, "auto")).levels).toEqual(new Uint8Array(784).fill(40));
  });
});

describe("a picture for a data set of another shape", () => {
  const colours: ImageKind = { shape: [4, 6, 3] };
  /** One colour on another: a block in the middle third of a picture. */
  const block = (width: number, height: number, [background, shade]: readonly (readonly number[])[]) => {
    const levels = new Uint8Array(width * height * 3);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const inside =
          Math.abs(x + 0.5 - width / 2) < width / 6 && Math.abs(y + 0.5 - height / 2) < height / 6;
        levels.set(inside ? shade! : background!, (y * width + x) * 3);
      }
    return { levels, width, height, channels: 3 as const };
  };

  it("stays as it is, in its colours, when it has that shape", async () => {
    const levels = Uint8Array.from({ length: 72 }, (_, i) => (i * 37) % 256);
    const picture = { levels, width: 6, height: 4, channels: 3 as const };
    expect(await fitImage(picture, colours, "auto")).toEqual({ levels, inverted: false });
  });

  it("keeps its proportions and is padded with the corners' colour", async () => {
    const { levels } = await fitImage(
      block(90, 90, [
        [200, 100, 50],
        [1, 2, 3],
      ]),
      colours,
      "auto",
    );
    const pixel = (x: number, y: number) => [...levels.subarray((y * 6 + x) * 3, (y * 6 + x) * 3 + 3)];
    // Four by four pixels of it, a column of padding on each side.
    for (let y = 0; y < 4; y++) for (const x of [0, 5]) expect(pixel(x, y)).toEqual([200, 100, 50]);
    expect(pixel(2, 1)[0]).toBeLessThan(130);
  });

  it("is inverted channel by channel, and of its own accord only to match the one background of a data set", async () => {
    const light = block(6, 4, [
      [250, 240, 230],
      [10, 20, 30],
    ]);
    const dark = block(6, 4, [
      [5, 15, 25],
      [200, 210, 220],
    ]);
    const inverted = async (picture: Picture, background?: "dark" | "light", invert: Inversion = "auto") =>
      (await fitImage(picture, { ...colours, ...(background && { background }) }, invert)).inverted;
    expect([await inverted(light), await inverted(dark)]).toEqual([false, false]);
    expect([await inverted(light, "dark"), await inverted(dark, "dark")]).toEqual([true, false]);
    expect([await inverted(light, "light"), await inverted(dark, "light")]).toEqual([false, true]);
    expect([await inverted(light, "dark", "no"), await inverted(dark, undefined, "yes")]).toEqual([
      false,
      true,
    ]);
    const { levels } = await fitImage(dark, { ...colours, background: "light" }, "auto");
    expect([...levels]).toEqual(Array.from(dark.levels, (level) => 255 - level));
  });

  it("shows the data set's background where it is transparent, inverted or not", () => {
    const behind = (background: "dark" | "light" | undefined) =>
      (["auto", "yes", "no"] as const).map((invert) =>
        behindPicture({ ...colours, ...(background && { background }) }, invert),
      );
    expect(behind("dark")).toEqual(["white", "white", "black"]);
    expect(behind("light")).toEqual(["white", "black", "white"]);
    expect(behind(undefined)).toEqual(["white", "white", "white"]);
  });
});
