// The report's colours as CSS variables: by the reader's preference, or as the page's switch says.
import { themes } from "@mlpconv/report";

const variables = (theme: keyof typeof themes): string =>
  `color-scheme:${theme};${Object.entries(themes[theme])
    .map(([name, value]) => `--mlp-${name}:${value};`)
    .join("")}`;

/** Rules for the root element, whose `data-colours` is auto, light or dark. */
export const themeRules = (): string => `:root{${variables("light")}}
@media (prefers-color-scheme:dark){:root:not([data-colours=light]){${variables("dark")}}}
:root[data-colours=dark]{${variables("dark")}}`;
