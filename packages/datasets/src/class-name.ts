// What the name of a class may be.

/** Why a text is no name of a class, as "expected ..., got ..."; undefined if it is one: every table, file and terminal can show it on one line, in any script. */
export const classNameProblem = (text: string): string | undefined =>
  text !== "" && !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text)
    ? undefined
    : `expected a name without line breaks, other control characters and halves of characters, got ${JSON.stringify(text).replace(/[\u2028\u2029]/g, (one) => `\\u${one.charCodeAt(0).toString(16)}`)}`;
