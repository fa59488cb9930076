// Bounds on a header's contents, checked on its bytes before parsing: 100 MB of small JSON values would take gigabytes of memory.

/** Most values, not counting keys, in a header: enough for 100,000 tensors of four dimensions. */
const MAX_VALUES = 1_000_000;
/** Deepest nesting of objects and arrays. The format needs three levels. */
const MAX_DEPTH = 8;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

const isOpening = (byte: number): boolean => byte === 0x7b || byte === 0x5b; // { [
const isClosing = (byte: number): boolean => byte === 0x7d || byte === 0x5d; // } ]

/** The first bound that a JSON text in UTF-8 exceeds, as the expected and the actual value; undefined if it is within all bounds. */
export const findExcess = (json: Uint8Array): [expected: string, got: string] | undefined => {
  let values = 0;
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i]!;
    if (byte === QUOTE) i = closingQuote(json, i);
    else if (byte === COMMA) values++;
    else if (isClosing(byte)) depth--;
    else if (isOpening(byte)) {
      values++;
      depth++;
    }
    if (depth > MAX_DEPTH) return [`a header nested ${MAX_DEPTH} deep at most`, "more"];
    if (values > MAX_VALUES) return [`a header of ${MAX_VALUES} values at most`, "more"];
  }
  return undefined;
};

const closingQuote = (json: Uint8Array, start: number): number => {
  let i = start + 1;
  while (i < json.length && json[i] !== QUOTE) i += json[i] === BACKSLASH ? 2 : 1;
  return i;
};
