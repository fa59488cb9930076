// The ten garments as polygons: what each looks like before it is placed, shaded and made noisy.
import type { Point } from "./fill-polygon.js";

/** Painted in order, over what lies beneath. */
export interface Part {
  /** Points in a square from -1 to 1; x to the right, y down. */
  outline: readonly Point[];
  /** Relative brightness, 0 (a hole) to 1. */
  tone: number;
}

/** Gives the next random number, uniform in [low, high). */
export type Draw = (low: number, high: number) => number;

const part = (tone: number, ...outline: Point[]): Part => ({ outline, tone });
const box = (tone: number, left: number, top: number, right: number, bottom: number): Part =>
  part(tone, [left, top], [right, top], [right, bottom], [left, bottom]);

/** Both sides of something symmetric. */
const pair = (tone: number, ...outline: Point[]): Part[] => [
  part(tone, ...outline),
  part(tone, ...outline.map(([x, y]): Point => [-x, y])),
];

/** A body with a neck, from the shoulders at -0.75 down to the hem. */
const torso = (draw: Draw, waist: number, hem: number, bottom: number): Part => {
  const neck = draw(0.12, 0.25);
  const depth = draw(-0.72, -0.6);
  const right: Point[] = [
    [neck, -0.8],
    [0.45, -0.72],
    [waist, draw(-0.1, 0.15)],
    [hem, bottom],
  ];
  const left = right.map(([x, y]): Point => [-x, y]).reverse();
  return part(1, [0, depth], ...right, ...left);
};

/** Both sleeves; `length` 0 ends at the shoulder, 1 at the hem. */
const sleeves = (draw: Draw, length: number, width: number): Part[] => {
  const spread = draw(0.25, 0.45);
  const x = 0.5 + spread * Math.min(1, length + 0.35);
  const y = -0.5 + 1.25 * length;
  return pair(
    0.92,
    [0.4, -0.74],
    [x + width / 2, y - 0.08],
    [x - width / 2, y + 0.08],
    [0.38, -0.74 + width * 1.7],
  );
};

const buttons = (draw: Draw, bottom: number): Part[] => {
  const tone = draw(0.2, 0.5);
  const ys = Array.from({ length: 5 }, (_, i) => -0.45 + (i * (bottom + 0.3)) / 4);
  return ys.map((y) => box(tone, -0.05, y - 0.05, 0.05, y + 0.05));
};

/** Shapes in the order of the classes. Coat, pullover and shirt look alike on purpose, as do sneaker and ankle boot. */
export const garmentShapes: readonly ((draw: Draw) => Part[])[] = [
  // t-shirt
  (draw) => [
    ...sleeves(draw, draw(0.12, 0.32), draw(0.26, 0.38)),
    torso(draw, draw(0.4, 0.48), draw(0.4, 0.52), draw(0.6, 0.9)),
  ],
  // trouser
  (draw) => {
    const foot = draw(0.08, 0.4);
    const leg = draw(0.16, 0.26);
    return pair(1, [0, -0.9], [0.36, -0.9], [foot + leg, 0.95], [foot, 0.95], [0, draw(-0.45, -0.2)]);
  },
  // pullover
  (draw) => [
    ...sleeves(draw, draw(0.75, 1), draw(0.2, 0.3)),
    torso(draw, draw(0.38, 0.46), draw(0.38, 0.5), draw(0.55, 0.85)),
  ],
  // dress
  (draw) => [
    ...(draw(0, 1) < 0.3 ? sleeves(draw, draw(0.08, 0.2), 0.2) : []),
    torso(draw, draw(0.2, 0.34), draw(0.36, 0.7), draw(0.85, 1)),
  ],
  // coat
  (draw) => {
    const bottom = draw(0.8, 1);
    const opening = draw(-0.06, 0.06);
    return [
      ...sleeves(draw, draw(0.75, 1), draw(0.22, 0.34)),
      torso(draw, draw(0.4, 0.48), draw(0.44, 0.6), bottom),
      box(draw(0, 0.35), opening - 0.04, -0.65, opening + 0.04, bottom),
    ];
  },
  // sandal
  (draw) => {
    const heel = draw(0.2, 0.6);
    const sole = draw(0.1, 0.18);
    const strap = draw(-0.35, 0.05);
    return [
      part(
        0.9,
        [-0.95, 0.6 - sole],
        [0, 0.6 - sole],
        [0.9, 0.6 - heel],
        [0.95, 0.6],
        [0.75, 0.6],
        [0.65, 0.6 - heel / 2],
        [0, 0.6],
        [-0.95, 0.6],
      ),
      part(1, [-0.75, 0.55 - sole], [-0.6, 0.55 - sole], [strap - 0.1, -0.1], [strap - 0.25, -0.1]),
      part(1, [strap - 0.25, -0.1], [strap - 0.1, -0.1], [0.1, 0.6 - sole], [-0.1, 0.6 - sole]),
      part(0.8, [0.75, 0.6 - heel], [0.88, 0.6 - heel], [0.7, -0.3], [0.55, -0.3]),
    ];
  },
  // shirt
  (draw) => {
    const bottom = draw(0.6, 0.9);
    const long = draw(0, 1) < 0.6;
    return [
      ...sleeves(draw, long ? draw(0.7, 1) : draw(0.2, 0.38), draw(0.2, 0.32)),
      torso(draw, draw(0.38, 0.46), draw(0.38, 0.52), bottom),
      ...buttons(draw, bottom),
      ...pair(draw(0.5, 0.75), [0, -0.55], [0.28, -0.85], [0.1, -0.9], [0, -0.75]),
    ];
  },
  // sneaker
  (draw) => {
    const tongue = draw(-0.25, 0);
    const toe = draw(0.15, 0.3);
    return [
      part(
        1,
        [-0.95, toe],
        [-0.25, tongue],
        [0.15, tongue - 0.12],
        [0.5, tongue + 0.12],
        [0.92, tongue],
        [0.95, 0.5],
        [-0.95, 0.5],
      ),
      box(draw(0.3, 0.7), -0.95, draw(0.36, 0.42), 0.95, 0.52),
    ];
  },
  // bag
  (draw) => {
    const top = draw(-0.35, 0.05);
    const handle = draw(0.3, 0.6);
    const peak = top - draw(0.3, 0.55);
    const lean = draw(-0.1, 0.12);
    return [
      part(0.85, [-handle, top], [-handle * 0.7, peak], [handle * 0.7, peak], [handle, top]),
      part(
        0,
        [-handle + 0.14, top],
        [-handle * 0.7 + 0.1, peak + 0.14],
        [handle * 0.7 - 0.1, peak + 0.14],
        [handle - 0.14, top],
      ),
      part(1, [-0.85 + lean, top], [0.85 - lean, top], [0.9, 0.75], [-0.9, 0.75]),
      box(draw(0.5, 0.9), -0.1, top + 0.05, 0.1, top + draw(0.2, 0.4)),
    ];
  },
  // ankle boot
  (draw) => {
    const top = draw(-0.95, -0.5);
    const heel = draw(0, 0.2);
    return [
      part(
        1,
        [-0.95, draw(0.3, 0.45)],
        [-0.2, draw(-0.1, 0.1)],
        [0, top],
        [0.8, top + draw(-0.06, 0.06)],
        [0.85, 0.7],
        [0.4, 0.7],
        [0.3, 0.7 - heel],
        [-0.95, 0.7 - heel / 3],
      ),
      box(draw(0.4, 0.8), 0.42, 0.6, 0.86, 0.72),
    ];
  },
];
