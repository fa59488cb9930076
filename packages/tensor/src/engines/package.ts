// Engines in packages of their own, so that only those in use need to be installed.
import {
  type Device,
  type EngineEntry,
  EngineError,
  type EngineOptions,
  type EngineProblem,
} from "./engine.js";

/** Exports of an engine package; importing it registers the tfjs backend. */
interface EnginePackage extends Device {
  /** Prepares what the backend needs to start; throws an error with a `reason` and a `fix` if that is impossible. */
  prepare?(options: EngineOptions): Promise<unknown>;
}

/** An error of an engine package that explains why it cannot start. */
interface Problem {
  code: EngineProblem;
  reason: string;
  fix: string;
}

const isProblem = (error: unknown): error is Problem =>
  error instanceof Error && "code" in error && "reason" in error && "fix" in error;

/**
 * Loads an engine package; distinguishes "not installed" from "installed but broken".
 */
export const packageEngine = (
  entry: Omit<EngineEntry, "load">,
  packageName: string,
  load: () => Promise<EnginePackage>,
): EngineEntry => ({
  ...entry,
  load: async (options) => {
    try {
      const engine = await load();
      await engine.prepare?.(options);
      return engine;
    } catch (error) {
      if (isProblem(error)) {
        throw new EngineError(entry.name, error.code, error.reason, error.fix, { cause: error });
      }
      const message = error instanceof Error ? error.message : String(error);
      // The quotes matter: when the package lacks a dependency, the message also names the package, as the importer, but without quotes.
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

/** Whether an error means "no such module"; Node, Vite and webpack each report it differently. */
const isNotFound = (error: unknown): boolean =>
  error instanceof Error &&
  (("code" in error && /MODULE_NOT_FOUND|ERR_MODULE_NOT_FOUND/.test(String(error.code))) ||
    /cannot find (module|package)|could not resolve|failed to (load|resolve)|module specifier/i.test(
      error.message,
    ));
