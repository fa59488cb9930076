// Parts of an SVG, for tests.

/** The attributes of each element of a name, in order. */
export const elements = (svg: string, name: string): Record<string, string>[] =>
  [...svg.matchAll(new RegExp(`<${name}( [^>]*?)/?>`, "g"))].map(([, attributes]) =>
    Object.fromEntries(
      [...attributes!.matchAll(/ ([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
    ),
  );

/** The texts in a figure, in order, without tooltips. */
export const texts = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/g)].map(([, text]) =>
    text!.replace(/<title>.*?<\/title>/g, "").replace(/<[^>]*>/g, ""),
  );
