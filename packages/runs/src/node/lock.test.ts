import { spawn } from "node:child_process";
import { once } from "node:events";
import fs, { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { lockRun } from "./lock.js";
import { RunFolderError } from "./run-folder-error.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (text: string) => writeFileSync(join(folder, ".lock"), text);
const taken = async () => (await lockRun(folder)).release();

/** A process that takes the lock, says so, and holds it until it is killed. */
const holder = async (command: string, args: string[] = []) => {
  const lock = new URL("./lock.ts", import.meta.url).href;
  const code = `const { lockRun } = await import(${JSON.stringify(lock)}); await lockRun(${JSON.stringify(folder)}); console.log("pid", process.pid); setInterval(() => {}, 1000);`;
  const node = ["--conditions=@mlpconv/source", "--import", "tsx", "--input-type=module", "-e", code];
  const child = spawn(command, [...args, process.execPath, ...node], {
    cwd: join(import.meta.dirname, "..", ".."),
  });
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const [said] = await Promise.race([
    once(child.stdout, "data"),
    once(child, "close").then(() => expect.unreachable(stderr)),
  ]);
  return { child, pid: Number(String(said).split(" ")[1]) };
};

describe("the lock", () => {
  test("refuses others until it is released, with an error that names its owner", async () => {
    const lock = await lockRun(folder);
    await expect(lockRun(folder)).rejects.toThrow(
      `expected ${folder} to be free, but process ${process.pid} on ${hostname()} is writing to it`,
    );
    await lock.release();
    await taken();
  });

  test("is free when its owner is dead, whatever its number: another process may have that now", async () => {
    write(JSON.stringify({ pid: process.pid, host: hostname() }));
    await taken();
    write(JSON.stringify({ pid: 1, host: hostname() }));
    await taken();
    write(JSON.stringify({ pid: 1, host: "another" }));
    await taken();
  });

  test("is free when its owner was killed while it wrote its number", async () => {
    for (const text of ["", '{"p', '{"pid":12', "\0\0\0\0"]) {
      write(text);
      await taken();
    }
  });

  test.each(["hello", "[]", '{"host":"x"}', "null"])(
    "that mlpconv did not write is reported as such: %s",
    async (text) => {
      write(text);
      await expect(lockRun(folder)).rejects.toThrow(RunFolderError);
      await expect(lockRun(folder)).rejects.toThrow(
        /\.lock to be the lock of a run, got .*another program made it/,
      );
      expect(readFileSync(join(folder, ".lock"), "utf8")).toBe(text);
    },
  );

  test("that is a folder is reported as such", async () => {
    mkdirSync(join(folder, ".lock"));
    await expect(lockRun(folder)).rejects.toThrow(/to be the lock of a run, got a folder/);
  });

  test("goes to one of many that ask at once, again and again", async () => {
    for (let round = 0; round < 20; round++) {
      const asked = await Promise.allSettled(Array.from({ length: 8 }, () => lockRun(folder)));
      const locks = asked.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
      expect(locks).toHaveLength(1);
      // While the next ones ask, so that they may open a file that is about to be removed.
      const more = Promise.allSettled(Array.from({ length: 8 }, () => lockRun(folder)));
      await locks[0]!.release();
      const after = await more;
      const held = after.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
      expect(held.length).toBeLessThanOrEqual(1);
      for (const lock of held) await lock.release();
    }
  });

  test("notices that its folder was removed, or another was put in its place", async () => {
    const lock = await lockRun(folder);
    await lock.check();
    rmSync(folder, { recursive: true });
    await expect(lock.check()).rejects.toThrow(
      /to stay while it is written, got none or another in its place/,
    );
    mkdirSync(folder);
    const other = await lockRun(folder);
    await expect(lock.check()).rejects.toThrow(RunFolderError);
    await lock.release();
    // Releasing the first leaves the second alone.
    await other.check();
    await other.release();
  });

  test("needs no hard links, which FAT and some network drives do not have", async () => {
    const { link } = fs.promises;
    fs.promises.link = () => Promise.reject(Object.assign(new Error("EPERM"), { code: "EPERM" }));
    syncBuiltinESMExports();
    try {
      write(JSON.stringify({ pid: 1, host: "another" }));
      await taken();
    } finally {
      fs.promises.link = link;
      syncBuiltinESMExports();
    }
  });

  test.skipIf(process.platform === "win32")("holds for a folder by any of its names", async () => {
    symlinkSync(folder, `${folder}-link`);
    const lock = await lockRun(folder);
    await expect(lockRun(`${folder}-link`)).rejects.toThrow(/to be free/);
    await lock.release();
    rmSync(`${folder}-link`);
  });

  test("of a process ends with it, however that ends", async () => {
    const { child, pid } = await holder(
      process.platform === "win32" ? "cmd" : "env",
      process.platform === "win32" ? ["/c"] : [],
    );
    await expect(lockRun(folder)).rejects.toThrow(/to be free/);
    process.kill(pid, "SIGKILL");
    await once(child, "close");
    await taken();
  });
});

test("a file system that gives a file another number each time is an error, not an endless wait", async () => {
  const { stat } = fs.promises;
  let number = 0n;
  fs.promises.stat = (async () => ({ ino: ++number, dev: 0n })) as never;
  syncBuiltinESMExports();
  try {
    await expect(lockRun(folder)).rejects.toThrow(
      `run: expected ${join(folder, ".lock")} to stay the file that was opened, got another one 1000 times; use a folder on another file system`,
    );
  } finally {
    fs.promises.stat = stat;
    syncBuiltinESMExports();
  }
});

describe.skipIf(process.platform !== "linux")("on a network drive", () => {
  const { statfs } = fs.promises;
  afterEach(() => {
    fs.promises.statfs = statfs;
    syncBuiltinESMExports();
  });

  test.each([
    [0x6969, "NFS"],
    [0xff534d42, "CIFS"],
    [0xff534d42 | 0, "CIFS"],
  ])("of type %i the lock that another host left is broken by the flag alone", async (type, name) => {
    fs.promises.statfs = (async () => ({ type })) as never;
    syncBuiltinESMExports();
    write(JSON.stringify({ pid: 7, host: "another" }));
    await expect(lockRun(folder)).rejects.toThrow(RunFolderError);
    await expect(lockRun(folder)).rejects.toThrow(
      `got the lock of process 7 on another and a network drive (${name})`,
    );
    const warnings: string[] = [];
    const warn = (message: string) => void warnings.push(message);
    await (await lockRun(folder, { breakLock: true, warn })).release();
    expect(warnings).toEqual([`run: broke the lock of ${folder} that process 7 on another left`]);
    // The kernel knows of this machine's processes.
    write(JSON.stringify({ pid: process.ppid, host: hostname() }));
    await taken();
    const lock = await lockRun(folder);
    await expect(lockRun(folder, { breakLock: true })).rejects.toThrow(/is writing to it/);
    await lock.release();
  });
});

describe("where nothing can be locked", () => {
  afterEach(() => {
    vi.doUnmock("fs-native-extensions");
    vi.resetModules();
    vi.restoreAllMocks();
  });
  const lockWith = async (module: () => object) => {
    vi.resetModules();
    vi.doMock("fs-native-extensions", module);
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const { lockRun } = await import("./lock.js");
    const lock = await lockRun(folder);
    await lock.check();
    await lock.release();
    return warn.mock.calls.map(([message]) => message);
  };
  const failing = (code: string) => () => ({
    tryLock: () => {
      throw Object.assign(new Error(code), { code });
    },
  });

  test("a run goes on with a warning on a file system without locks", async () => {
    expect(await lockWith(failing("ENOLCK"))).toEqual([
      `run: expected to lock ${folder}, got a file system without locks (ENOLCK); take care that no other process writes to it`,
    ]);
  });

  test("a run goes on with a warning on a platform without locks", async () => {
    const missing = () => {
      throw new Error("Cannot find addon");
    };
    expect(await lockWith(missing)).toEqual([
      expect.stringContaining(`got no file locks for ${process.platform}-${process.arch}`),
    ]);
  });

  /** Takes the lock where there are no locks of the kernel, and tells what was warned of. */
  const breaking = async (breakLock: boolean) => {
    vi.resetModules();
    vi.doMock("fs-native-extensions", failing("ENOLCK"));
    vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const { lockRun } = await import("./lock.js");
    const warnings: string[] = [];
    const lock = await lockRun(folder, { breakLock, warn: (message) => warnings.push(message) });
    expect(JSON.parse(readFileSync(join(folder, ".lock"), "utf8"))).toEqual({
      pid: process.pid,
      host: hostname(),
    });
    await lock.release();
    return warnings;
  };

  test("the lock of another host, or of a living process of this one, is broken by the flag alone", async () => {
    for (const owner of [
      { pid: 7, host: "another" },
      { pid: process.ppid, host: hostname() },
    ]) {
      write(JSON.stringify(owner));
      await expect(breaking(false)).rejects.toThrow(
        new RegExp(
          `expected .* to be free, got the lock of process ${owner.pid} on ${owner.host} and a file system without locks .*--break-lock, or remove .*\\.lock`,
        ),
      );
      expect(JSON.parse(readFileSync(join(folder, ".lock"), "utf8"))).toEqual(owner);
      expect(await breaking(true)).toEqual([
        `run: broke the lock of ${folder} that process ${owner.pid} on ${owner.host} left`,
      ]);
    }
  });

  test("the lock of a process of this host that has ended is free", async () => {
    write(JSON.stringify({ pid: 2 ** 22 + 12345, host: hostname() }));
    expect(await breaking(false)).toEqual([]);
  });

  test("other failures are errors", async () => {
    await expect(lockWith(failing("EIO"))).rejects.toThrow("EIO");
    await expect(lockWith(failing("EACCES"))).rejects.toThrow(/to be free/);
  });
});

const unshare = ["--fork", "--pid", "--mount-proc", "--map-root-user", "--user"];
const canUnshare =
  process.platform === "linux" &&
  (await new Promise<boolean>((resolve) => {
    spawn("unshare", [...unshare, "true"])
      .on("error", () => resolve(false))
      .on("close", (code) => resolve(code === 0));
  }));
if (!canUnshare)
  console.warn("skipped: locks across process namespaces, because this machine cannot make one");

describe.skipIf(!canUnshare)("process 1 of a container", () => {
  test("keeps the lock from this process and from process 1 of another, and leaves it when it is killed", async () => {
    const first = await holder("unshare", [...unshare, "--kill-child"]);
    expect(first.pid).toBe(1);
    await expect(lockRun(folder)).rejects.toThrow(/but process 1 on .* is writing to it/);
    await expect(holder("unshare", [...unshare, "--kill-child"])).rejects.toThrow(
      /but process 1 on .* is writing to it/,
    );
    first.child.kill("SIGKILL");
    await once(first.child, "close");
    const second = await holder("unshare", [...unshare, "--kill-child"]);
    expect(second.pid).toBe(1);
    second.child.kill("SIGKILL");
    await once(second.child, "close");
  });
});
