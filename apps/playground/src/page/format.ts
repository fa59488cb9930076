// Numbers for people, short enough for a small cell.

/** 1992166 as "2.0 M", 46764 as "46.8 k". */
export const compactText = (value: number): string => {
  for (const [unit, size] of [
    ["G", 1e9],
    ["M", 1e6],
    ["k", 1e4],
  ] as const)
    if (value >= size) return `${(value / (unit === "k" ? 1e3 : size)).toFixed(1)} ${unit}`;
  return String(Math.round(value));
};

/** A size in powers of 1000: "446 MB". */
export const bytesText = (value: number): string => {
  for (const [unit, size] of [
    ["GB", 1e9],
    ["MB", 1e6],
    ["kB", 1e3],
  ] as const)
    if (value >= size) return `${(value / size).toFixed(value < 10 * size ? 1 : 0)} ${unit}`;
  return `${value} B`;
};

/** A loss or a logit: "0.421". */
export const decimalText = (value: number, digits = 3): string => {
  if (!Number.isFinite(value)) return "NaN";
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text;
};

/** A small size: "3.1e-4"; a dash where it is not known. */
export const smallText = (value: number): string => {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return "–";
  return value >= 0.001 && value < 1000 ? value.toPrecision(2) : value.toExponential(1);
};
