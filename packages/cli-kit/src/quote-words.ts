// Arguments as one line that a POSIX shell and xargs both split into the same arguments.

// Words of these characters need no quotes. Others are in single quotes: within double quotes a shell reads backslashes and xargs does not.
const plain = /^[\w@%+:,./-][\w@%+=:,./-]*$/;

/** The arguments as a line; none of them may have a line break, which xargs takes in no quotes. */
export const quoteWords = (words: readonly string[]): string =>
  words.map((word) => (plain.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
