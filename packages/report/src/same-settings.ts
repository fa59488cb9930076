// Which runs are repeats of one another: the same network with the same settings, but for the seed.
import type { Run, RunConfig } from "@mlpconv/runs";

/** Fields of config.json that repeats may differ in: the seed, and where a run took place. */
const apart: readonly (keyof RunConfig)[] = ["seed", "engine", "device", "node", "data"];

/** Runs that differ in no more than their seeds. */
export interface Repeats {
  /** The network; with the first run's name too where another group has the same network. A single run's own name. */
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

/** The settings as text, the order of their keys aside. */
const settingsOf = ({ config }: Run): string =>
  JSON.stringify(
    Object.entries(config)
      .filter(([key]) => !apart.includes(key as keyof RunConfig))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

/** The network's name; of one that is built narrower than its paper has it, its width too: "vgg11, 1/4 width". */
export const networkName = ({ config }: Pick<Run, "config">): string => {
  const ratio = config.net?.ratio;
  return ratio === undefined || ratio === 1 ? config.model : `${config.model}, 1/${ratio} width`;
};
