// What the parts of `compare` share.
import type { Interruption, Terminal } from "@mlpconv/cli-kit";
import type { DatasetList } from "@mlpconv/datasets";

export interface CompareTools {
  terminal: Terminal;
  interruption: Interruption;
  /** The program that trains. */
  train: string;
  /** The data sets that there are. */
  known: DatasetList;
}
