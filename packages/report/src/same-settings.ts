// Groups runs that are repeats: the same model with the same settings, except the seed.
import type { Run, RunConfig } from "@mlpconv/runs";

/** Fields of config.json that may differ between repeats: the seed, and where the run was computed. */
const apart: readonly (keyof RunConfig)[] = ["seed", "engine", "device", "node", "data"];

/** Runs that differ only in their seeds. */
export interface Repeats {
  /** The model's name, with the first run's name if several groups have the same model; for a single run, the run's name. */
  label: string;
  runs: readonly Run[];
}

/** Groups in the order of their first runs. */
export const repeatsOf = (runs: readonly Run[]): Repeats[] => {
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    const key = settingsOf(run);
    const group = groups.get(key);
    if (group) group.push(run);
    else groups.set(key, [run]);
  }
  const all = [...groups.values()];
  return all.map((group) => {
    const [first] = group;
    const network = networkName(first!);
    const others = all.some((other) => other !== group && networkName(other[0]!) === network);
    const label = group.length === 1 ? first!.name : others ? `${network} (${first!.name})` : network;
    return { label, runs: group };
  });
};

/** The settings as text, independent of the order of their keys. */
const settingsOf = ({ config }: Run): string =>
  JSON.stringify(
    Object.entries(config)
      .filter(([key]) => !apart.includes(key as keyof RunConfig))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

/** The model's name, with its width if its channels are divided: "vgg11, 1/4 width". */
export const networkName = ({ config }: Pick<Run, "config">): string => {
  const ratio = config.net?.ratio;
  return ratio === undefined || ratio === 1 ? config.model : `${config.model}, 1/${ratio} width`;
};
