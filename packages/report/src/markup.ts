// Templates for SVG and HTML that escape their values, unless a value is markup already.

/** A piece of SVG or HTML that is safe to put into another. */
export class Markup {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

export type Content = string | number | Markup | undefined | false | readonly Content[];

/** `markup\`<text>${name}</text>\``: strings are escaped, numbers are coordinates and keep two decimals, lists are joined. */
export const markup = (parts: TemplateStringsArray, ...values: readonly Content[]): Markup =>
  new Markup(parts.map((part, i) => part + (i < values.length ? render(values[i]) : "")).join(""));

const render = (value: Content): string => {
  if (value === undefined || value === false) return "";
  if (typeof value === "string") return escaped(value);
  if (typeof value === "number") return String(Math.round(value * 100) / 100);
  if (value instanceof Markup) return value.text;
  return value.map(render).join("");
};

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Replaces characters that XML forbids, which would make the whole file unreadable, by U+FFFD. */
const escaped = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu, (found) =>
      /[\t\n\r]/.test(found) ? found : "\uFFFD",
    )
    .replace(/[&<>"']/g, (found) => entities[found]!);
