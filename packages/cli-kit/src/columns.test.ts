import { expect, it } from "vitest";
import { padEnd, padStart } from "./columns.js";

it("texts of any script are filled up to the same width", () => {
  for (const text of ["coat", "外套", "👨‍👩‍👧‍👦👨‍👩‍👧‍👦"]) {
    expect(padEnd(text, 8)).toBe(`${text}    `);
    expect(padStart(text, 8)).toBe(`    ${text}`);
  }
  expect(padEnd("سيارة", 8)).toBe("سيارة   ");
  expect(padEnd("coat", 1)).toBe("coat");
  expect(padStart("coat", 1)).toBe("coat");
});
