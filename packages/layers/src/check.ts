// Arguments are checked where they enter, so that a wrong one is named before tfjs meets it.

/** @throws RangeError unless each value is a whole number of at least 1; `where` and the argument's name open the message. */
export const positive = (where: string, values: Record<string, number>): void => {
  for (const [name, value] of Object.entries(values)) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`${where}: expected ${name} to be a whole number from 1 up, got ${value}`);
    }
  }
};
