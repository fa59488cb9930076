// PyTorch in one process for all measurements, because it takes seconds to start and to try cuDNN's algorithms.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Plan } from "./plan.js";

export interface PeerFigures {
  peer: string;
  layout: string;
  /** Seconds when each step is waited for. */
  secondsPerStep: number;
  /** Seconds when only the last step is waited for; on a GPU. */
  secondsPerStepAhead?: number;
}

export class PytorchServer {
  readonly #child;
  readonly #lines;

  constructor({ python, packFile }: Pick<Plan, "python" | "packFile">) {
    this.#child = spawn(python, [packFile("pytorch.py"), "serve"], { stdio: ["pipe", "pipe", "inherit"] });
    // `step` reports it, because then no line comes.
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
