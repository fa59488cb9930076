// Formats numbers for people.

/** A count with separators: 1,992,166. */
export const count = (value: number): string => value.toLocaleString("en-US");

/** 1234, and of numbers with six digits or more 124k: what fits in a small cell. */
export const compact = (value: number): string =>
  value < 100_000
    ? String(value)
    : value < 999_500
      ? `${Math.round(value / 1000)}k`
      : `${(value / 1e6).toFixed(1)}M`;

/** An accuracy or a loss: 0.921. A loss that is no number any more is written NaN. */
export const decimal = (value: number | null, digits = 3): string => {
  if (value === null) return "NaN";
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text;
};

/** A size in powers of 1000: 446 MB. */
export const bytes = (value: number): string => {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** power;
  return `${scaled.toFixed(scaled < 10 && power > 0 ? 1 : 0)} ${units[power]}`;
};

/** A duration: 42.3 s, 3 min 20 s, 2 h 5 min. */
export const duration = (seconds: number): string => {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

/** A shape with multiplication signs: 26×26×256. */
export const shape = (sizes: readonly number[]): string => sizes.join("×");
