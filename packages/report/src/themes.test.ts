// Colours that can be read: contrast by WCAG's formula.
import { describe, expect, test } from "vitest";
import { type ColourName, colour, themeCss, themes, withTheme } from "./themes.js";

const luminance = (hex: string): number => {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const value = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
};
const contrast = (a: string, b: string) => {
  const [low, high] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
};

describe.each(["light", "dark"] as const)("%s", (theme) => {
  const of = themes[theme];

  test.each(["ink", "muted", "warm"] as const)("%s is readable as text", (name) => {
    expect(contrast(of[name], of.paper)).toBeGreaterThan(4.5);
  });

  test("a full cell's text is readable", () => {
    expect(contrast(of["on-heat"], of.heat)).toBeGreaterThan(4.5);
    expect(contrast(of["on-heat"], of.warm)).toBeGreaterThan(4.5);
  });

  test.each(Object.keys(of).filter((name) => name.startsWith("series")))(
    "%s stands out from the paper",
    (name) => {
      expect(contrast(of[name as ColourName], of.paper)).toBeGreaterThan(3);
    },
  );
});

test("a figure takes the page's colours, or a theme's for programs without CSS", () => {
  const svg = `<g fill="${colour("ink")}" stroke="${colour("series-1")}"/>`;
  expect(svg).toBe('<g fill="var(--mlp-ink, #1f2328)" stroke="var(--mlp-series-1, #0072b2)"/>');
  expect(withTheme(svg, "dark")).toBe('<g fill="#e6edf3" stroke="#4aa8e8"/>');
  expect(themeCss()).toContain("--mlp-ink:#e6edf3;");
});
