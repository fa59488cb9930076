// PyTorch in one process for a whole run: it takes seconds to start, and again to try cuDNN's algorithms.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Plan } from "./plan.js";

export interface PeerFigures {
  peer: string;
  layout: string;
  /** Each step waited for. */
  secondsPerStep: number;
  /** Only the last one waited for; on a GPU. */
  secondsPerStepAhead?: number;
}

export class PytorchServer {
  readonly #child;
  readonly #lines;

  constructor({ python, packFile }: Pick<Plan, "python" | "packFile">) {
    this.#child = spawn(python, [packFile("pytorch.py"), "serve"], { stdio: ["pipe", "pipe", "inherit"] });
    // Told by the lines that do not come.
    this.#child.on("error", () => {});
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  /** @throws Error when PyTorch has ended */
  async step(name: string, batch: number, steps: number, ...rest: string[]): Promise<PeerFigures> {
    this.#child.stdin.write(`${["step", name, batch, steps, ...rest].join(" ")}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("bench: expected PyTorch's figures, got its end; its own words are above");
    return JSON.parse(value) as PeerFigures;
  }

  close(): void {
    this.#child.kill("SIGKILL");
  }
}
