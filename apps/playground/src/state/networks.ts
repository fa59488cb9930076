// Networks side by side, as the reader edits them.
import { mostNetworks, type Networks } from "./page-state.js";
import type { NetworkChoice } from "./recipes.js";

/** The networks with another choice in a place. */
export const withNetwork = ([one, ...others]: Networks, at: number, choice: NetworkChoice): Networks => [
  at === 0 ? choice : one,
  ...others.map((other, i) => (at === i + 1 ? choice : other)),
];

/** The networks and a copy of the first, if there is room. */
export const withAnother = (networks: Networks): Networks =>
  networks.length === mostNetworks
    ? networks
    : [...networks, { ...networks[0], changes: { ...networks[0].changes } }];

/** The networks without that in a place, unless it is the last one. */
export const withoutNetwork = (networks: Networks, at: number): Networks => {
  const [one, ...others] = networks.filter((_, i) => i !== at);
  return one ? [one, ...others] : networks;
};
