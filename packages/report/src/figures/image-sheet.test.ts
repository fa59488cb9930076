// The sheet of a data set's images: every image in its place, in grey and in colours.
import { decode } from "fast-png";
import { expect, it } from "vitest";
import { imageSheet, mostOnSheet, sheetCell } from "./image-sheet.js";

const imagesOf = (svg: string) =>
  [...svg.matchAll(/<image x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"[^>]*base64,([^"]+)"/g)].map(
    ([, x, y, size, data]) => ({
      place: [x, y, size].map(Number),
      data: [...decode(Buffer.from(data!, "base64")).data],
    }),
  );
const textsOf = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);

it("has a row for each class, and its groups side by side", () => {
  const rows = [
    { name: "cat & dog", groups: [[Uint8Array.of(1, 2), Uint8Array.of(3, 4)], [Uint8Array.of(5, 6)]] },
    { name: "none", groups: [[], []] },
    { name: "cow", groups: [[Uint8Array.of(7, 8)], []] },
  ];
  const svg = imageSheet(rows, { title: "t", headings: ["plain", "changed"], columns: 2, shape: [2, 1, 1] });
  // 2 pixels, 32 times as large; two columns and the gap between groups.
  expect(imagesOf(svg)).toEqual([
    { place: [112, 30, 64], data: [1, 2] },
    { place: [180, 30, 64], data: [3, 4] },
    { place: [264, 30, 64], data: [5, 6] },
    { place: [112, 166, 64], data: [7, 8] },
  ]);
  expect(textsOf(svg)).toEqual(["plain", "changed", "cat &amp; dog", "none", "cow"]);
});

it("keeps colours, makes large images smaller, and breaks a long heading", () => {
  const levels = new Uint8Array(400 * 3).map((_, i) => i % 251);
  const headings = ["flip,shift:2,rotate:10,scale:1.25,brightness:0.2,erase:8"];
  const svg = imageSheet([{ name: "a", groups: [[levels]] }], {
    ...{ title: "t", headings, columns: 1, shape: [1, 400, 3] },
  });
  expect(imagesOf(svg)).toEqual([{ place: [112, 46, 224], data: [...levels] }]);
  const texts = textsOf(svg);
  expect(texts).toHaveLength(3);
  expect(texts.slice(0, 2).join("")).toBe(headings[0]);
});

it("draws many images smaller, small ones by whole multiples, so that a sheet has a bounded number of pixels", () => {
  const photo = [224, 224, 3] as const;
  expect([10, 1000, 1e6].map((images) => sheetCell(photo, images))).toEqual([224, 154, 64]);
  expect([10, 10_000, 1e6].map((images) => sheetCell([28, 28, 1], images))).toEqual([56, 28, 28]);
  for (const shape of [photo, [28, 28, 1], [5, 400, 3]] as const) {
    const most = mostOnSheet(shape);
    expect(most * sheetCell(shape, most) ** 2).toBeLessThanOrEqual(24e6);
  }
  const rows = [{ name: "a", groups: [[new Uint8Array(64 * 64)]] }];
  const svg = imageSheet(rows, { title: "t", headings: ["h"], columns: 1, shape: [64, 64, 1], cell: 100 });
  expect(imagesOf(svg)[0]!.place).toEqual([112, 30, 100]);
});
