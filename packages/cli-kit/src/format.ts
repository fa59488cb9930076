// Formats numbers for people.

/** A count with separators: 61706 is "61,706". */
export const count = (value: number): string => value.toLocaleString("en-US");

/** A duration as "45 s", "2 min 05 s" or "1 h 04 min". */
export const duration = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const two = (value: number) => String(value).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
};

/** Images a second, with a decimal for small numbers. */
export const rate = (perSecond: number): string =>
  `${perSecond < 100 ? perSecond.toFixed(1) : count(Math.round(perSecond))} images/s`;

/** A rounded estimate of a duration: "about 40 s", "about 7 min", "about 3.5 h". */
export const about = (seconds: number): string => {
  if (seconds < 90) return `about ${Math.max(5, Math.round(seconds / 5) * 5)} s`;
  if (seconds < 90 * 60) return `about ${Math.round(seconds / 60)} min`;
  return `about ${(seconds / 3600).toFixed(1)} h`;
};
