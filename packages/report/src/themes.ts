// Colours by meaning, for light and dark backgrounds. The eight series colours are Okabe and Ito's, which colour-blind people can distinguish,
// shifted until the contrast of each with its background is 3:1.

const light = {
  paper: "#ffffff",
  ink: "#1f2328",
  muted: "#59636e",
  grid: "#d8dee4",
  heat: "#084c8d",
  warm: "#b34a00",
  "on-heat": "#ffffff",
  "series-1": "#0072b2",
  "series-2": "#d55e00",
  "series-3": "#00825e",
  "series-4": "#b0508a",
  "series-5": "#9a6b00",
  "series-6": "#2a8fc7",
  "series-7": "#6b4fc9",
  "series-8": "#5c6670",
};

export type ColourName = keyof typeof light;

const dark: Record<ColourName, string> = {
  paper: "#0d1117",
  ink: "#e6edf3",
  muted: "#9ea7b1",
  grid: "#30363d",
  heat: "#4aa3ff",
  warm: "#ff9950",
  "on-heat": "#0d1117",
  "series-1": "#4aa8e8",
  "series-2": "#ff8a4c",
  "series-3": "#2fc79a",
  "series-4": "#e79bc8",
  "series-5": "#f0b93a",
  "series-6": "#9ad4ff",
  "series-7": "#b3a1ff",
  "series-8": "#aab4be",
};

/** Colours of figures by their role, on light and on dark backgrounds. */
export const themes = { light, dark };
/** Light or dark background. */
export type Theme = keyof typeof themes;

/** A colour in a figure: the page's CSS variable, with the light theme's colour as the default. */
export const colour = (name: ColourName): string => `var(--mlp-${name}, ${light[name]})`;

const series = Object.keys(light).filter((name): name is ColourName => name.startsWith("series-"));

/** Number of series that have different colours. */
export const seriesCount = series.length;

/** The colour of the i-th series, from 0; colours repeat after the last one. */
export const seriesColour = (i: number): string => colour(series[i % series.length]!);

/** The figure with one theme's colours as literals, for programs without CSS variables. */
export const withTheme = (svg: string, theme: Theme): string =>
  svg.replace(/var\(--mlp-([a-z0-9-]+), #[0-9a-f]{6}\)/g, (found, name: string) =>
    name in themes[theme] ? themes[theme][name as ColourName] : found,
  );

const variables = (theme: Theme): string =>
  Object.entries(themes[theme])
    .map(([name, value]) => `--mlp-${name}:${value};`)
    .join("");

/** CSS that defines the variables: by the reader's preference, and light in print. */
export const themeCss = (): string =>
  `:root{color-scheme:light dark;${variables("light")}}
@media (prefers-color-scheme:dark){:root{${variables("dark")}}}
@media print{:root{color-scheme:light;${variables("light")}}}`;
