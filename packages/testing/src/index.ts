// @mlpconv/testing: what the test suites share. Importing it teaches vitest `toBeAllclose`.
import "./allclose.js";

export type { Tolerance } from "./allclose.js";
export { classNames } from "./class-names.js";
export { eachEngine } from "./each-engine.js";
export {
  type GoldenCase,
  type GoldenGraphCase,
  type GoldenGraphName,
  type GoldenName,
  goldenCase,
  goldenGraphCase,
  goldenGraphNames,
  goldenNames,
  type TorchvisionName,
  torchvisionCase,
} from "./golden.js";
export { type Kill, killedAt, type Trial } from "./killed-at.js";
export { type LocalGroup, LocalGroupAborted, localGroups } from "./local-groups.js";
export { goldenTolerance, type Kind, mixedGoldenTolerance, mixedTolerance, tolerance } from "./tolerance.js";
export { toyLoader, toyModel } from "./toy.js";
