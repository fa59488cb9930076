// How many numbers a shader reads and writes at once: channels lie next to one another, and four of them are one load.

export type Lanes = 1 | 4;

export const lanesOf = (channels: number): Lanes => (channels % 4 === 0 ? 4 : 1);

/** WGSL's type of so many. */
export const vector = (lanes: Lanes): "f32" | "vec4f" => (lanes === 4 ? "vec4f" : "f32");
