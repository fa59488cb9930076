// Numbers as people read them.

/** 1,992,166 */
export const count = (value: number): string => value.toLocaleString("en-US");

/** An accuracy or a loss: 0.921. A loss that is no number any more is written NaN. */
export const decimal = (value: number | null, digits = 3): string => {
  if (value === null) return "NaN";
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text;
};

/** 446 MB, in powers of 1000. */
export const bytes = (value: number): string => {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** power;
  return `${scaled.toFixed(scaled < 10 && power > 0 ? 1 : 0)} ${units[power]}`;
};

/** 42.3 s, 3 min 20 s, 2 h 5 min. */
export const duration = (seconds: number): string => {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

/** 26 x 26 x 256, with the sign that is no letter. */
export const shape = (sizes: readonly number[]): string => sizes.join("×");
