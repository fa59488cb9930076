// Names of files and classes in messages and tables.

/**
 * Characters that a terminal does not show, or that move what stands beside them: control characters, ends of lines, halves of characters, marks that
 * turn the direction of writing, and characters without width. The two joiners are allowed, because words of many languages and emoji need them.
 */
const unprintable =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u00ad\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb]/gu;

/** A name with escapes for the characters that cannot be printed: "a\\u000ab". */
export const printable = (name: string): string =>
  name.replace(unprintable, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);

const most = 10;

/** The first ten of some names, and how many more there are. */
export const firstNames = (names: readonly string[], separator = ", "): string => {
  const rest = names.length - most;
  const shown = names.slice(0, most).map(printable).join(separator);
  return rest > 0 ? `${shown}${separator}and ${rest.toLocaleString("en-US")} more` : shown;
};
