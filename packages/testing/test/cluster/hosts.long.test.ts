// The hosts that tests start: names, addresses, links that are cut, and groups of processes on four of them, over TCP.
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nightly } from "../../../../test/nightly.js";
import { type Hosts, isRunning, rankProcesses, startHosts, whyNoHosts } from "../../src/cluster/index.js";
import { launchers, rankLines, withEnv } from "./launch.js";

const skipped = whyNoHosts();
if (skipped) console.log(`Hosts are not tested: ${skipped}`);

describe.skipIf(skipped)("four hosts", () => {
  let hosts: Hosts;
  beforeAll(async () => {
    hosts = await startHosts(4);
  });
  afterAll(() => hosts?.close());

  const run = (i: number, ...command: [string, ...string[]]) => hosts.launch(i, command).ended;
  const canReach = async (from: number, to: string) =>
    (await run(from, "bash", "-c", `timeout 1 bash -c 'true >/dev/tcp/${to}/9'; [ $? = 1 ]`)).code === 0;

  test("have names and addresses of their own", async () => {
    for (const [i, { name, address }] of hosts.all.entries()) {
      expect((await run(i, "hostname")).stdout.trim()).toBe(name);
      expect((await run(i, "ip", "-brief", "address", "show", "up")).stdout).toContain(`${address}/24`);
    }
  });

  test("know each other by name, and a program may have quotes and blanks in its arguments", async () => {
    expect((await run(2, "getent", "hosts", "host3")).stdout).toMatch(/^10\.77\.0\.4 +host3$/m);
    expect((await run(1, "printf", "%s|", "it's", "a b", '"$HOME"')).stdout).toBe('it\'s|a b|"$HOME"|');
  });

  test("reach each other but not this machine's network", async () => {
    // A refused connection is an answer; one that times out is none.
    expect(await canReach(0, "host1")).toBe(true);
    const { stdout } = await run(0, "ip", "route");
    expect(stdout.trim().split("\n")).toHaveLength(1);
  });

  test("a cut link makes a host silent, and it answers again when the link is restored", async () => {
    await hosts.cut(1);
    expect(await canReach(0, "host1")).toBe(false);
    expect(await canReach(0, "host2")).toBe(true);
    await hosts.restore(1);
    expect(await canReach(0, "host1")).toBe(true);
  });

  test("a signal reaches the program itself", async () => {
    const program = hosts.launch(0, [
      "bash",
      "-c",
      "trap 'echo told; exit 3' TERM; echo waits; while :; do sleep 0.1; done",
    ]);
    await program.printed("waits");
    program.kill("SIGTERM");
    expect(await program.ended).toMatchObject({ code: 3, stdout: "waits\ntold\n" });
  });
});

// Four processes start from source at the same time, on a machine that may be busy.
for (const { library, missing, command } of launchers)
  describe.skipIf(skipped || missing || (library === "MPICH" && !nightly))(
    `${library} between four hosts`,
    { timeout: 150_000 },
    () => {
      let hosts: Hosts;
      // New ones for each library: what the other leaves on a host that was cut off is not its concern.
      beforeAll(async () => {
        hosts = await startHosts(4);
      });
      afterAll(() => hosts?.close());
      const start = (env: Record<string, string>) =>
        hosts.launch(0, command(hosts, env), { ...withEnv(env), timeout: 120_000 });

      test("one process on each finds the others", async () => {
        const { code, stdout, stderr } = await start({ STEPS: "20" }).ended;
        expect({ code, stderr }).toMatchObject({ code: 0 });
        for (let i = 0; i < 4; i++) expect(stdout).toContain(`rank ${i} of 4 on host${i}, ${library}`);
        expect(rankLines(stdout).filter((line) => line.endsWith("done"))).toHaveLength(4);
      });

      test("a link that is cut ends every process within the patience", async () => {
        const mark = `${process.pid}-${library}`;
        const program = start({ PATIENCE: "3000", MARK: mark });
        await program.printed("ten steps");
        const ranks = rankProcesses("MARK", mark);
        expect([...ranks.keys()]).toEqual([0, 1, 2, 3]);
        const begin = performance.now();
        await hosts.cut(2);
        while ([...ranks.values()].some((pid) => isRunning(pid)) && performance.now() - begin < 30_000)
          await sleep(50);
        expect(
          [...ranks].filter(([, pid]) => isRunning(pid)),
          program.stderr(),
        ).toEqual([]);
        // The patience, the question to all others, and on the host that was cut off ten seconds until an abort that nobody hears is over.
        expect(performance.now() - begin).toBeLessThan(25_000);
        const { code, stderr } = await program.ended;
        expect(code).not.toBe(0);
        expect(stderr).toMatch(/rank 2/);
      });
    },
  );

test.skipIf(skipped)("no host and no process on one is left when they are closed", async () => {
  const hosts = await startHosts(2);
  const program = hosts.launch(1, ["bash", "-c", "setsid sleep 1000 & echo started; wait"], {
    env: { MARK: "closed" },
  });
  await program.printed("started");
  await hosts.close();
  await program.ended;
  const left = execFileSync(
    "bash",
    ["-c", `grep -lz "^MARK=closed" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3`],
    { encoding: "utf8" },
  );
  expect(
    left
      .split("\n")
      .filter(Boolean)
      .map(Number)
      .filter((pid) => isRunning(pid)),
  ).toEqual([]);
});
