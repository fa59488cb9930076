// @mlpconv/report/node: run folders and images, for programs with a file system.
export { drawableNames, replacedNames } from "./drawable-names.js";
export { type PngOptions, toPng } from "./to-png.js";
export { writeReport } from "./write-report.js";
