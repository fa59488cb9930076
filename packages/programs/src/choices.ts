// The names that flags take: nets and engines.
import { type ModelName, models } from "@mlpconv/models";
import { engineNames } from "@mlpconv/tensor";

export const modelNames = Object.keys(models) as ModelName[];
export const engineChoices = ["auto", ...engineNames] as const;
