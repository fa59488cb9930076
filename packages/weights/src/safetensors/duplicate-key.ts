// Finds repeated keys. JSON.parse silently keeps the last of two equal keys, so the first tensor of that name would go unchecked.

/** The first key that occurs twice in one object of `json`, which must be valid JSON. */
export const duplicateKey = (json: string): string | undefined => {
  const open: (Set<string> | undefined)[] = [];
  for (let i = 0; i < json.length; i++) {
    const character = json[i];
    if (character === "{") open.push(new Set());
    else if (character === "[") open.push(undefined);
    else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const start = i;
      i = closingQuote(json, start);
      const keys = open.at(-1);
      if (!keys || !isKey(json, i)) continue;
      const key = JSON.parse(json.slice(start, i + 1)) as string;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
};

const closingQuote = (json: string, start: number): number => {
  let i = start + 1;
  while (json[i] !== '"') i += json[i] === "\\" ? 2 : 1;
  return i;
};

/** Whether a colon follows the string that ends at `i`. */
const isKey = (json: string, i: number): boolean => {
  let next = i + 1;
  while (json.charCodeAt(next) <= 32) next++;
  return json[next] === ":";
};
