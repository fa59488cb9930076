// @mlpconv/report: runs in, figures and tables out.
export type { ClassMapSample, Insights, Sample } from "./insights.js";
export type { Layer, Net } from "./net.js";
