// insights.json: what only the trained net can tell, computed by a program beside this package and drawn by it.
export type { ClassMapSample, Insights, Sample } from "@mlpconv/trainer/run-files";
