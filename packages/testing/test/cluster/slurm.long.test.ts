// The Slurm that tests start: jobs, arrays, signals, requeues and preemption, and groups of processes under srun.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  hasEnded,
  isRunning,
  rankProcesses,
  type Slurm,
  startSlurm,
  whyNoSlurm,
} from "../../src/cluster/index.js";
import { rank, rankLines, withEnv } from "./launch.js";

const skipped = whyNoSlurm();
if (skipped) console.log(`Slurm is not tested: ${skipped}`);

describe.skipIf(skipped)("a Slurm of one node", () => {
  let slurm: Slurm;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "jobs-"));
    slurm = await startSlurm();
  });
  afterAll(async () => {
    await slurm?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Submits a batch script; `output` is what its tasks have printed. */
  const submit = async (name: string, lines: string, parameters: string[] = []) => {
    const script = join(folder, `${name}.sh`);
    writeFileSync(script, `#!/bin/bash\n${lines}\n`);
    const log = join(folder, `${name}.out`);
    const options = [`--output=${log}`, "--open-mode=append", ...parameters];
    const id = await slurm.submit(script, options, { cwd: folder });
    const output = () => {
      try {
        return readFileSync(log, "utf8");
      } catch {
        return "";
      }
    };
    const printed = async (text: string) => {
      for (let tries = 0; !output().includes(text); tries++) {
        if (tries > 300) throw new Error(`expected ${text} from job ${id}, got ${output()}\n${slurm.logs()}`);
        await sleep(100);
      }
    };
    return { id, output, printed };
  };

  test("srun starts four processes on a machine that may have fewer cores", async () => {
    const { code, stdout } = await slurm.run([
      "srun",
      "-n",
      "4",
      "bash",
      "-c",
      "echo $SLURM_PROCID of $SLURM_STEP_NUM_TASKS",
    ]);
    expect(code).toBe(0);
    expect(stdout.trim().split("\n").toSorted()).toEqual(["0 of 4", "1 of 4", "2 of 4", "3 of 4"]);
  });

  test("an array of jobs tells each task its number, and a task that fails keeps its exit code", async () => {
    const { id } = await submit("array", "exit $((SLURM_ARRAY_TASK_ID == 2 ? 7 : 0))", ["--array=0-3"]);
    const jobs = await slurm.until(id, hasEnded);
    expect(jobs.map((job) => [job.id, job.state, job.exitCode]).toSorted()).toEqual([
      [`${id}_0`, "COMPLETED", 0],
      [`${id}_1`, "COMPLETED", 0],
      [`${id}_2`, "FAILED", 7],
      [`${id}_3`, "COMPLETED", 0],
    ]);
  });

  /** Counts its starts; a signal makes it go back into the queue, and its second start ends. */
  const again = `
echo start $SLURM_RESTART_COUNT
[ -n "$SLURM_RESTART_COUNT" ] && exit 0
trap 'echo signal; scontrol requeue $SLURM_JOB_ID; exit 0' USR1
while :; do sleep 0.1; done`;

  test("scancel --signal reaches the script, and a job that asks to be requeued starts again", async () => {
    const { id, output, printed } = await submit("requeue", again, ["--requeue"]);
    await printed("start");
    await slurm.run(["scancel", "--signal=USR1", "--batch", id]);
    const [job] = await slurm.until(id, hasEnded);
    expect(job).toMatchObject({ state: "COMPLETED", restarts: 1 });
    expect(
      output()
        .split("\n")
        .filter((line) => /^(start|signal)/.test(line)),
    ).toEqual(["start", "signal", "start 1"]);
  });

  test("--signal comes before the time limit", async () => {
    const { id, output } = await submit("limit", again, ["--requeue", "--time=1", "--signal=B:USR1@58"]);
    const [job] = await slurm.until(id, hasEnded, 120_000);
    expect(job).toMatchObject({ state: "COMPLETED", restarts: 1 });
    expect(output()).toContain("signal");
  }, 150_000);

  test("a job of partition urgent preempts one that can be requeued, which is told with its own signal", async () => {
    const first = await submit("preempted", again, ["--requeue", "--exclusive", "--signal=B:USR1@10"]);
    await first.printed("start");
    const { code } = await slurm.run(["srun", "--partition=urgent", "--exclusive", "hostname"]);
    expect(code).toBe(0);
    const [job] = await slurm.until(first.id, hasEnded);
    expect(job).toMatchObject({ state: "COMPLETED", restarts: 1 });
    expect(first.output()).toContain("signal");
  }, 150_000);

  test("scancel ends a job and all its processes", async () => {
    const { id, printed, output } = await submit("cancelled", "sleep 1000 & echo pid; wait", []);
    await printed("pid");
    await slurm.run(["scancel", id]);
    const [job] = await slurm.until(id, hasEnded);
    expect(job!.state).toBe("CANCELLED");
    expect(output()).toContain("CANCELLED");
  });

  const groups = [
    { library: "Open MPI", mpi: "pmix" },
    { library: "MPICH", mpi: "pmi2" },
  ];
  describe.each(groups)("$library under srun --mpi=$mpi", ({ library, mpi }) => {
    const srun = ["srun", "-n", "4", `--mpi=${mpi}`, ...rank] as const;

    test("the processes of a group find each other", async () => {
      const { code, stdout, stderr } = await slurm.run(srun, withEnv({ STEPS: "20" }));
      expect({ code, stderr }).toMatchObject({ code: 0 });
      const lines = rankLines(stdout);
      expect(lines.filter((line) => line.endsWith("done"))).toHaveLength(4);
      for (let i = 0; i < 4; i++) expect(stdout).toMatch(new RegExp(`rank ${i} of 4 on \\S+, ${library}`));
    });

    test("a signal to the step reaches every rank", async () => {
      const [program, ...parameters] = srun;
      const step = slurm.launch([program, `--job-name=${mpi}`, ...parameters], withEnv());
      await step.printed("ten steps");
      await slurm.run(["scancel", "--signal=USR1", `--name=${mpi}`]);
      const ended = await step.ended;
      expect(ended.code).toBe(0);
      expect(rankLines(ended.stdout).filter((line) => line.endsWith("stopped"))).toHaveLength(4);
    });

    test("a rank that stops answering ends the others within their patience", async () => {
      const step = slurm.launch(srun, withEnv({ PATIENCE: "2000", MARK: `${process.pid}-${mpi}` }));
      await step.printed("ten steps");
      const ranks = rankProcesses("MARK", `${process.pid}-${mpi}`);
      expect([...ranks.keys()]).toEqual([0, 1, 2, 3]);
      const begin = performance.now();
      process.kill(ranks.get(2)!, "SIGSTOP");
      for (const [i, pid] of ranks) while (i !== 2 && isRunning(pid)) await sleep(50);
      expect(performance.now() - begin).toBeLessThan(10_000);
      const { code, stderr } = await step.ended;
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/rank 2/);
    });
  });
});

test.skipIf(skipped)("nothing of a Slurm is left when the test that started it is killed", async () => {
  const source = new URL("../../src/cluster/index.ts", import.meta.url).href;
  const code = `const { startSlurm } = await import(${JSON.stringify(source)}); const slurm = await startSlurm();
    slurm.launch(["srun", "sleep", "1000"]); console.log(slurm.env.SLURM_CONF); setTimeout(() => process.kill(process.pid, "SIGKILL"), 1500);`;
  let conf = "";
  try {
    execFileSync(
      process.execPath,
      ["--conditions=@mlpconv/source", "--import", "tsx", "--input-type=module", "-e", code],
      { encoding: "utf8", cwd: withEnv().cwd },
    );
  } catch (error) {
    conf = (error as { stdout: string }).stdout.trim();
  }
  expect(conf).toMatch(/slurm\.conf$/);
  await sleep(500);
  const left = execFileSync(
    "bash",
    ["-c", `grep -lz "SLURM_CONF=${conf}" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3`],
    { encoding: "utf8" },
  );
  const running = left
    .split("\n")
    .filter(Boolean)
    .map(Number)
    .filter((pid) => isRunning(pid));
  rmSync(join(conf, ".."), { recursive: true, force: true });
  expect(running).toEqual([]);
});
