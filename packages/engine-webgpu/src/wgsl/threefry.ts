// Threefry-2x32 with 20 rounds, the generator of every stream of @mlpconv/tensor (Salmon et al., SC'11): the same words as on the host.

const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
];

const round = (by: number): string => `x += y; y = (y << ${by}u) | (y >> ${32 - by}u); y ^= x;`;

/** Groups of four rounds; after each, the next two of the three key words and the group's number are added. */
const rounds = [0, 1, 2, 3, 4].map(
  (group) =>
    `${rotations[group % 2]!.map(round).join(" ")} x += ${word(group + 1)}; y += ${word(group + 2)} + ${group + 1}u;`,
);

function word(i: number): string {
  return ["key.x", "key.y", "third"][i % 3]!;
}

/** `fn threefry(key: vec2u, counter: vec2u) -> vec2u`. */
export const threefry = `fn threefry(key: vec2u, counter: vec2u) -> vec2u {
  let third = key.x ^ key.y ^ 0x1bd11bdau;
  var x = counter.x + key.x;
  var y = counter.y + key.y;
  ${rounds.join("\n  ")}
  return vec2u(x, y);
}`;
