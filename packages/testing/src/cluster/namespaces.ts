// Processes in Linux namespaces of their own. They end, however deep they were started, when the test closes the namespaces, and when the
// test itself ends, killed or not: the first process of a process namespace waits for the test, and the kernel kills all others with it.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { childrenOf } from "./processes.js";

/** Namespaces beside those of processes and mounts. */
export type Kind = "net" | "uts" | "ipc";

/** Open namespaces. */
export interface Namespaces {
  /** Id of their first process, among the processes of this machine. */
  readonly pid: number;
  /** What the set-up printed. */
  readonly output: string;
  /** Ends all processes in them. */
  close(): Promise<void>;
}

const flags = (kinds: readonly Kind[]) => [
  "--pid",
  "--fork",
  "--kill-child",
  "--mount-proc",
  ...kinds.map((kind) => `--${kind}`),
];

/** Why `programs` in namespaces cannot be had here, with what to install; undefined when they can. */
export const whyNoNamespaces = (
  programs: Readonly<Record<string, string>>,
  kinds: readonly Kind[] = [],
  trial = "true",
): string | undefined => {
  if (process.platform !== "linux") return `expected Linux, got ${process.platform}`;
  if (process.getuid?.() !== 0) return "expected to be root, which may open namespaces";
  const find = 'for name do command -v "$name" >/dev/null || echo "$name"; done';
  const all = { unshare: "util-linux", nsenter: "util-linux", bash: "bash", ...programs };
  // Daemons are in folders that are not on every root's PATH.
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
  const missing = execFileSync("sh", ["-c", find, "sh", ...Object.keys(all)], { encoding: "utf8", env })
    .split("\n")
    .filter(Boolean);
  const packages = [...new Set(missing.map((name) => all[name as keyof typeof all]))];
  if (missing.length)
    return `expected ${missing.join(", ")}, got none; apt-get install ${packages.join(" ")}`;
  try {
    execFileSync("unshare", [...flags(kinds), "bash", "-ec", trial], {
      encoding: "utf8",
      env,
      stdio: "pipe",
      timeout: 10_000,
    });
  } catch (error) {
    return `expected to open namespaces, got ${(error as { stderr?: string }).stderr?.trim() || error}`;
  }
  return undefined;
};

/**
 * Opens namespaces and runs a Bash script in them; what it leaves running in the background stays until they are closed.
 * @throws Error with what the script printed when it fails
 */
export const openNamespaces = async (
  setUp: string,
  { kinds = [], env = {} }: { kinds?: readonly Kind[]; env?: Readonly<Record<string, string>> } = {},
): Promise<Namespaces> => {
  // Bash asks after processes that lost their parent while it waits in `read`, so no zombies are left: Slurm would wait for them.
  const script = `${setUp}\necho ready\nexec >/dev/null\nset +e\nwhile read -r _; do :; done`;
  const child = spawn("unshare", [...flags(kinds), "bash", "-ec", script], {
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const closed = once(child, "exit");
  const errors = text(child.stderr);
  let output = "";
  const ready = await new Promise<boolean>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (printed: string) => {
      output += printed;
      if (/^ready\n/m.test(output)) resolve(true);
    });
    child.on("error", reject).on("exit", () => resolve(false));
  });
  if (!ready) throw new Error(`namespaces: expected their set-up to succeed, got:\n${output}${await errors}`);
  const [pid] = childrenOf(child.pid!);
  const close = async () => {
    child.stdin.end();
    await closed;
  };
  return { pid: pid!, output, close };
};
