// A run on four hosts with TCP between them, one of which is cut off in mid-run, as the guide "Many machines" starts it: over Open MPI.
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Hosts, isRunning, rankProcesses, startHosts, whyNoHosts } from "@mlpconv/testing/cluster";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { mpiLaunchers } from "../../../test/mpi-launchers.js";
import { command, run } from "./program.js";

const hasOpenMpi = mpiLaunchers().some(({ name }) => name === "Open MPI");
const skipped = whyNoHosts() ?? (hasOpenMpi ? undefined : "Open MPI is not installed");
if (skipped) console.warn(`skipped: a run between hosts: ${skipped}`);

let hosts: Hosts;
let folder: string;
beforeAll(async () => {
  if (skipped) return;
  hosts = await startHosts(4);
  folder = mkdtempSync(join(tmpdir(), "mlpconv-hosts-"));
});
afterAll(async () => {
  await hosts?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const at = (name: string, file: string) => join(folder, "runs", name, file);
const recipe = (name: string): string[] => [
  ..."train --dataset synthetic --engine wasm --preset quick --model lenet --limit 256 --batch-size 16 --epochs 2".split(
    " ",
  ),
  ..."--shards 4 --save-every 1 --patience 2 --run".split(" "),
  name,
];
const digest = (name: string): string =>
  createHash("sha256")
    .update(readFileSync(at(name, "last.safetensors")))
    .digest("hex");

const mark = `between-hosts-${process.pid}`;
/** One process on each of these hosts; `mpirun` runs on the first. */
const start = (on: readonly number[], args: readonly string[]) =>
  hosts.launch(
    on[0]!,
    [
      "mpirun.openmpi",
      "--allow-run-as-root",
      "--host",
      on.map((i) => hosts.all[i]!.name).join(),
      ..."--map-by node --bind-to none --mca plm_rsh_agent".split(" "),
      hosts.agent,
      ..."--mca btl tcp,self --mca btl_tcp_if_include eth0 --mca oob_tcp_if_include eth0".split(" "),
      ..."--mca oob_tcp_keepalive_time 2 --mca oob_tcp_keepalive_intvl 1 --mca oob_tcp_keepalive_probes 2".split(
        " ",
      ),
      ..."-x MLPCONV_THREADS -x MLPCONV_DEBUG -x MARK --wdir".split(" "),
      folder,
      ...command,
      ...args,
    ],
    { cwd: folder, env: { MARK: mark, MLPCONV_THREADS: "1", MLPCONV_DEBUG: "" }, timeout: 120_000 },
  );

describe.skipIf(skipped)("a run on four hosts", { timeout: 240_000 }, () => {
  it("ends everywhere when a host is cut off, names it, and goes on with the others to the same bits", async () => {
    rmSync(join(folder, "runs"), { recursive: true, force: true });
    // The bits depend on the number of threads.
    vi.stubEnv("MLPCONV_THREADS", "1");
    const whole = await run([...recipe("whole")], folder);
    vi.unstubAllEnvs();
    expect(whole.code, whole.stderr).toBe(0);

    const cut = start([0, 1, 2, 3], recipe("cut"));
    const begun = () => existsSync(at("cut", "state.previous.safetensors"));
    for (let tries = 0; !begun(); tries++) {
      expect(tries, cut.stdout() + cut.stderr()).toBeLessThan(1200);
      await sleep(50);
    }
    for (const { name } of hosts.all) expect(cut.stdout()).toContain(name);
    const processes = rankProcesses("MARK", mark);
    expect([...processes.keys()]).toEqual([0, 1, 2, 3]);
    await hosts.cut(2);
    const { code, stderr } = await cut.ended;
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/rank 2\b/);
    expect(stderr).toContain("train --run cut --resume");
    // The host that was cut off gives up by itself.
    for (let tries = 0; [...processes.values()].some(isRunning); tries++) {
      expect(tries).toBeLessThan(200);
      await sleep(100);
    }

    const resumed = await start([0, 3], ["train", "--run", "cut", "--resume", "--patience", "30"]).ended;
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(digest("cut")).toBe(digest("whole"));
  });
});
