// A Slurm cluster of one node that a test starts for itself: munge, slurmctld and slurmd, with their files in a temporary folder, on free
// ports, without systemd and cgroups. It declares more CPUs than the machine has, so that jobs of four processes start on two cores.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openNamespaces, whyNoNamespaces } from "./namespaces.js";
import { type Ended, type Launched, type LaunchOptions, launch } from "./processes.js";

/** A job, or one task of an array of jobs, as `scontrol show job` tells. */
export interface Job {
  /** Its id: "7", or "7_2" for task 2 of an array. */
  readonly id: string;
  /** "PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED", "TIMEOUT" and so on. */
  readonly state: string;
  /** Exit code of its script, and the signal that ended it, or 0. */
  readonly exitCode: number;
  readonly signal: number;
  /** How many times it was started again. */
  readonly restarts: number;
}

/** A running cluster. */
export interface Slurm {
  /** What its commands need in their environment. */
  readonly env: Readonly<Record<string, string>>;
  /** CPUs of the node. */
  readonly cpus: number;
  /** Starts `srun`, `scancel` or another command of Slurm. */
  launch(command: readonly [string, ...string[]], options?: LaunchOptions): Launched;
  /** The same, to its end. */
  run(command: readonly [string, ...string[]], options?: LaunchOptions): Promise<Ended>;
  /** Submits a batch script with `sbatch` and these options and arguments. @returns the job's id */
  submit(script: string, parameters?: readonly string[], options?: LaunchOptions): Promise<string>;
  /** The job, or the tasks of the array. */
  jobs(id: string): Promise<Job[]>;
  /** Asks after the job until all of its tasks are as `isSo` wants. @throws Error with their states after `timeout` milliseconds */
  until(id: string, isSo: (job: Job) => boolean, timeout?: number): Promise<Job[]>;
  /** What the job's `--output` file holds is the test's to read; this is what the daemons logged. */
  logs(): string;
  /** Ends all jobs and the daemons, and removes their files. */
  close(): Promise<void>;
}

/** CPUs that the node is said to have. */
const CPUS = 4;
/** Seconds that a job waits before it is started again: the least that Slurm takes; its default is 120. */
const REQUEUE_DELAY = 5;
/** Seconds from SIGTERM to SIGKILL, for a job that is cancelled, over its time, or preempted. */
const GRACE = 20;

/** States in which a job stays. */
const final = new Set([
  "COMPLETED",
  "FAILED",
  "CANCELLED",
  "TIMEOUT",
  "NODE_FAIL",
  "PREEMPTED",
  "OUT_OF_MEMORY",
]);
export const hasEnded = ({ state }: Job): boolean => final.has(state);

/** Why Slurm cannot be started here, with what to install; undefined when it can. */
export const whyNoSlurm = (): string | undefined =>
  whyNoNamespaces({
    munged: "munge",
    slurmctld: "slurmctld",
    slurmd: "slurmd",
    srun: "slurm-client",
    sbatch: "slurm-client",
  });

const freePorts = async (count: number): Promise<number[]> => {
  const servers = Array.from({ length: count }, () => createServer().listen(0));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once("listening", resolve))));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
};

/** Partition "urgent" preempts the jobs of "main": they are told, and put back into the queue. */
const configuration = (folder: string, host: string, [controller, node]: readonly number[]) => `
ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${controller}
SlurmdPort=${node}
SlurmUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=${folder}/munge.socket,cred_expire=${REQUEUE_DELAY}
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
MailProg=/bin/true
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1
SlurmctldParameters=preempt_send_user_signal
SlurmdParameters=config_overrides
MpiDefault=none
ReturnToService=2
JobRequeue=1
KillWait=${GRACE}
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
NodeName=${host} NodeAddr=127.0.0.1 CPUs=${CPUS} RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes=${host} Default=YES MaxTime=INFINITE State=UP PriorityTier=1 PreemptMode=REQUEUE GraceTime=${GRACE}
PartitionName=urgent Nodes=${host} MaxTime=INFINITE State=UP PriorityTier=10 PreemptMode=OFF
`;

const DAEMONS = `
munged --foreground --force --key-file="$FOLDER/munge.key" --socket="$FOLDER/munge.socket" --pid-file="$FOLDER/munged.pid" \\
  --log-file="$FOLDER/log/munged.log" --seed-file="$FOLDER/munge.seed" >"$FOLDER/log/munged.out" 2>&1 &
for ((tries = 0; tries < 200; tries++)); do [ -S "$FOLDER/munge.socket" ] && break; sleep 0.05; done
slurmctld -D >"$FOLDER/log/slurmctld.log" 2>&1 &
slurmd -D >"$FOLDER/log/slurmd.log" 2>&1 &
`;

/** "JobId=7 ArrayJobId=5 ArrayTaskId=2 JobState=RUNNING ...", a line a job. */
const parseJobs = (text: string): Job[] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("JobId="))
    .map((line) => {
      const fields = new Map(
        [...line.matchAll(/(\w+)=(\S*)/g)].map(([, name, value]) => [name!, value!] as const),
      );
      const array = fields.get("ArrayJobId");
      const [exitCode, signal] = fields.get("ExitCode")!.split(":").map(Number);
      return {
        id: array ? `${array}_${fields.get("ArrayTaskId")}` : fields.get("JobId")!,
        state: fields.get("JobState")!,
        exitCode: exitCode!,
        signal: signal!,
        restarts: Number(fields.get("Restarts")),
      };
    });

/** Starts a cluster. @throws Error with the daemons' logs when the node is not idle within 20 seconds */
export const startSlurm = async (): Promise<Slurm> => {
  const folder = mkdtempSync(join(tmpdir(), "slurm-"));
  chmodSync(folder, 0o755); // munge wants all users to reach its socket.
  for (const name of ["state", "spool", "log"]) mkdirSync(join(folder, name));
  const [host] = hostname().split(".");
  writeFileSync(join(folder, "munge.key"), crypto.getRandomValues(new Uint8Array(1024)), { mode: 0o400 });
  writeFileSync(join(folder, "slurm.conf"), configuration(folder, host!, await freePorts(2)));
  const env = { SLURM_CONF: join(folder, "slurm.conf") };
  const logs = () =>
    ["munged.out", "slurmctld.log", "slurmd.log"]
      .map((name) => {
        try {
          return `${name}:\n${readFileSync(join(folder, "log", name), "utf8")
            .split("\n")
            .slice(-20)
            .join("\n")}`;
        } catch {
          return `${name}: none`;
        }
      })
      .join("\n");

  const namespaces = await openNamespaces(DAEMONS, { env: { ...env, FOLDER: folder } });
  // Among the processes of the cluster, so that an `srun` ends with it.
  const inside = ["nsenter", "--target", String(namespaces.pid), "--pid"] as const;
  const launchHere: Slurm["launch"] = (command, options = {}) =>
    launch([...inside, ...command], { ...options, env: { ...env, ...options.env } });
  const run: Slurm["run"] = (command, options) => launchHere(command, options).ended;
  const close = async () => {
    await namespaces.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const checked = async (
    command: readonly [string, ...string[]],
    options?: LaunchOptions,
  ): Promise<string> => {
    const { code, stdout, stderr } = await run(command, options);
    if (code !== 0)
      throw new Error(`${command.join(" ")}: expected exit code 0, got ${code}\n${stderr}\n${logs()}`);
    return stdout;
  };
  const jobs: Slurm["jobs"] = async (id) =>
    parseJobs(await checked(["scontrol", "show", "job", "--oneliner", id]));

  const deadline = performance.now() + 20_000;
  while ((await run(["sinfo", "--noheader", "--partition=main", "--format=%T"])).stdout.trim() !== "idle") {
    if (performance.now() > deadline) {
      const all = logs();
      await close();
      throw new Error(`Slurm: expected its node to be idle within 20 s, got:\n${all}`);
    }
    await sleep(50);
  }
  return {
    env,
    cpus: CPUS,
    launch: launchHere,
    run,
    async submit(script, parameters = [], options) {
      const [before, after] = [
        parameters.filter((word) => word.startsWith("-")),
        parameters.filter((word) => !word.startsWith("-")),
      ];
      return (await checked(["sbatch", "--parsable", ...before, script, ...after], options)).trim();
    },
    jobs,
    async until(id, isSo, timeout = 60_000) {
      const end = performance.now() + timeout;
      for (;;) {
        const all = await jobs(id);
        if (all.every(isSo)) return all;
        if (performance.now() > end)
          throw new Error(
            `Slurm: expected job ${id} to change within ${timeout} ms, got ${JSON.stringify(all)}\n${logs()}`,
          );
        await sleep(100);
      }
    },
    logs,
    close,
  };
};
