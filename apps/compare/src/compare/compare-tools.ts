// What the parts of `compare` share.
import type { Interruption, Terminal } from "@mlpconv/cli-kit";

export interface CompareTools {
  terminal: Terminal;
  interruption: Interruption;
  /** The program that trains. */
  train: string;
}
