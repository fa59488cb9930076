// Engines in packages of their own: only those that are used need to be installed.
import { type Device, type EngineEntry, EngineError, type EngineProblem } from "./engine.js";

/** What an engine package exports: its import registers the tfjs backend. */
interface EnginePackage extends Device {
  /** Makes ready what the backend needs to start; throws with a `reason` and a `fix` when that cannot be done here. */
  prepare?(): Promise<unknown>;
}

/** An engine package's own account of why it cannot start. */
interface Problem {
  code: EngineProblem;
  reason: string;
  fix: string;
}

const isProblem = (error: unknown): error is Problem =>
  error instanceof Error && "code" in error && "reason" in error && "fix" in error;

/**
 * Loads an engine package; tells "not installed" from "installed, but breaks".
 */
export const packageEngine = (
  entry: Omit<EngineEntry, "load">,
  packageName: string,
  load: () => Promise<EnginePackage>,
): EngineEntry => ({
  ...entry,
  load: async () => {
    try {
      const engine = await load();
      await engine.prepare?.();
      return engine;
    } catch (error) {
      if (isProblem(error)) {
        throw new EngineError(entry.name, error.code, error.reason, error.fix, { cause: error });
      }
      const message = error instanceof Error ? error.message : String(error);
      // Quoted: a package that lacks a part of its own is named in the message too, as the one that asked for it.
      if (new RegExp(`['"]${packageName}['"]`).test(message) && isNotFound(error)) {
        throw new EngineError(entry.name, "not-installed", "not installed", `install ${packageName}`, {
          cause: error,
        });
      }
      throw new EngineError(
        entry.name,
        "failed",
        message,
        `reinstall ${packageName} or choose another engine`,
        { cause: error },
      );
    }
  },
});

/** Node, Vite and webpack each say "no such module" in their own way. */
const isNotFound = (error: unknown): boolean =>
  error instanceof Error &&
  (("code" in error && /MODULE_NOT_FOUND|ERR_MODULE_NOT_FOUND/.test(String(error.code))) ||
    /cannot find (module|package)|could not resolve|failed to (load|resolve)|module specifier/i.test(
      error.message,
    ));
