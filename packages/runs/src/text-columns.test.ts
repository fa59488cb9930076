import { describe, expect, it } from "vitest";
import { columnsOf, cutToColumns } from "./text-columns.js";

describe("a text in columns", () => {
  it.each([
    ["coat", 4],
    ["外套", 4],
    ["سيارة", 5],
    ["e\u0301tude", 5],
    ["👨‍👩‍👧‍👦", 2],
  ])("%s takes %i", (text, columns) => expect(columnsOf(text)).toBe(columns));

  it.each([
    ["红色的长外套", 12, "红色的长外套"],
    ["红色的长外套", 11, "红色的长外…"],
    ["红色的长外套", 8, "红色的…"],
    ["红色的长外套", 7, "红色的…"],
    ["👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 4, "👨‍👩‍👧‍👦👨‍👩‍👧‍👦"],
    ["👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 3, "👨‍👩‍👧‍👦…"],
    ["e\u0301tude", 3, "e\u0301t…"],
    ["ankle boot", 5, "ankl…"],
    ["coat", 1, "…"],
    ["", 1, ""],
  ])("%s is cut to %i: %s", (text, columns, cut) => expect(cutToColumns(text, columns)).toBe(cut));

  it("is cut without an ellipsis where it shall have none", () => {
    expect(cutToColumns("红色的长外套", 5, "")).toBe("红色");
    expect(cutToColumns("ankle boot", 5, "")).toBe("ankle");
  });
});
