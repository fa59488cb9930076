import { expect, it } from "vitest";
import { firstNames, printable } from "./printable.js";

it.each(["a b ü 测.png", "می‌خواهم", "क्‍ष", "👩‍🔬", "❤️", "۝", "סוס"])("prints %s as it is", (name) => {
  expect(printable(name)).toBe(name);
});

it("prints escapes for what would move the cursor, end the line, turn the text or hide", () => {
  expect(printable("a\nb\u001b[31m\u007f\u009b")).toBe("a\\u000ab\\u001b[31m\\u007f\\u009b");
  expect(printable("cat\u202egpj.exe\u2066\u200f")).toBe("cat\\u202egpj.exe\\u2066\\u200f");
  expect(printable("\ufeffa\u200bb\u00ad\u2028\ud800")).toBe("\\ufeffa\\u200bb\\u00ad\\u2028\\ud800");
});

it("lists ten names and counts the others", () => {
  const names = Array.from({ length: 12 }, (_, i) => `${i}\t`);
  expect(firstNames(names)).toBe(`${names.slice(0, 10).map(printable).join(", ")}, and 2 more`);
});
