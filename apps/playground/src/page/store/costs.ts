// What the networks cost, or why they cannot be built, as the reader edits them.
import type { DatasetInfo } from "@mlpconv/datasets";
import type { RunSettings } from "@mlpconv/runs";
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { NetworkFacts, Session } from "../../session/session.js";

/** What a network costs, or why it cannot be built. */
export type Costs = { facts: NetworkFacts } | { problem: string };

/** Milliseconds after an edit, so that not every letter is computed. */
const patience = 120;

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Costs by network, computed again whenever the settings or the data change. */
export const createCosts = (
  session: Pick<Session, "describe">,
  settings: ReadonlySignal<readonly RunSettings[]>,
  info: ReadonlySignal<Pick<DatasetInfo, "shape" | "classes">>,
) => {
  const costs = signal<readonly (Costs | undefined)[]>([]);
  let describing = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const describeAll = async (
    all: readonly RunSettings[],
    { shape, classes }: Pick<DatasetInfo, "shape" | "classes">,
  ) => {
    const mine = ++describing;
    const found = await Promise.all(
      all.map(async (one): Promise<Costs> => {
        try {
          return { facts: await session.describe(one, { shape, classes: [...classes] }) };
        } catch (error) {
          return { problem: messageOf(error) };
        }
      }),
    );
    if (mine === describing) costs.value = found;
  };
  effect(() => {
    const [all, data] = [settings.value, info.value];
    clearTimeout(timer);
    timer = setTimeout(() => void describeAll(all, data), patience);
  });
  return costs;
};
