// Quotes arguments as one line that a POSIX shell and xargs split in the same way.

// Characters that need no quotes. Other words are put in single quotes: within double quotes a shell interprets backslashes but xargs does not.
const plain = /^[\w@%+:,./-][\w@%+=:,./-]*$/;

/** The arguments as one line. They must not contain line breaks, which xargs does not accept in quotes. */
export const quoteWords = (words: readonly string[]): string =>
  words.map((word) => (plain.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
