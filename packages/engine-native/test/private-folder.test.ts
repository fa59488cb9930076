// A folder that another user could write is not used: a library in it would run with this user's rights.
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cacheFolder, openCache } from "../src/cache-folder.js";
import { checkPrivate, openPrivateFolder, trustedOwners } from "../src/private-folder.js";

const { HOME, XDG_CACHE_HOME, TMPDIR } = process.env;
let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "mlpconv-private-")));
});
afterEach(() => {
  for (const [name, value] of Object.entries({ HOME, XDG_CACHE_HOME, TMPDIR })) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  rmSync(folder, { recursive: true });
});

const me = process.geteuid?.() ?? 0;
const another = me + 1;

describe.skipIf(process.platform === "win32")("a private folder", () => {
  it("is made with the folders above it, and given as a real path", async () => {
    mkdirSync(join(folder, "disk"));
    symlinkSync(join(folder, "disk"), join(folder, "link"));
    const made = await openPrivateFolder(join(folder, "link", "mlpconv", "native"));
    expect(made).toBe(join(folder, "disk", "mlpconv", "native"));
    expect(statSync(join(folder, "disk", "mlpconv")).mode & 0o777).toBe(0o700);
  });

  it.runIf(process.platform === "linux")(
    "that can never be made is an error, not an endless wait",
    async () => {
      await expect(openPrivateFolder("/proc/mlpconv/native")).rejects.toThrow("ENOENT");
    },
  );

  it("that others may read is closed to them", async () => {
    mkdirSync(join(folder, "open"));
    chmodSync(join(folder, "open"), 0o755);
    await openPrivateFolder(join(folder, "open"));
    expect(statSync(join(folder, "open")).mode & 0o777).toBe(0o700);
  });

  it.each([0o777, 0o1777, 0o722])("that others may write (mode %o) is refused", async (mode) => {
    mkdirSync(join(folder, "shared"));
    chmodSync(join(folder, "shared"), mode);
    await expect(openPrivateFolder(join(folder, "shared"))).rejects.toThrow(
      `${join(folder, "shared")}: expected that no other user may write there, got mode`,
    );
  });

  it("that a group may write is refused unless the user is its one member", async () => {
    mkdirSync(join(folder, "group"));
    chmodSync(join(folder, "group"), 0o770);
    const { gid } = statSync(join(folder, "group"));
    const group = readFileSync("/etc/group", "utf8").match(new RegExp(`^(.*):[^:]*:${gid}:(.*)$`, "m"));
    const own = group?.[1] === userInfo().username && !group[2];
    const answer = openPrivateFolder(join(folder, "group"));
    if (own) await expect(answer).resolves.toBe(join(folder, "group"));
    else await expect(answer).rejects.toThrow("got mode 0770");
    if (me !== 0) return;
    mkdirSync(join(folder, "users"));
    chownSync(join(folder, "users"), 0, 100);
    chmodSync(join(folder, "users"), 0o770);
    await expect(openPrivateFolder(join(folder, "users"))).rejects.toThrow("got mode 0770");
  });

  it("below a folder that others may write is refused, and nothing is made there", async () => {
    mkdirSync(join(folder, "shared"));
    chmodSync(join(folder, "shared"), 0o777);
    await expect(openPrivateFolder(join(folder, "shared", "mlpconv", "native"))).rejects.toThrow(
      `${join(folder, "shared")}: expected that no other user may write there, got mode 0777`,
    );
    expect(readdirSync(join(folder, "shared"))).toEqual([]);
  });

  it("may lie below one with the sticky bit, as /tmp", async () => {
    mkdirSync(join(folder, "tmp"));
    chmodSync(join(folder, "tmp"), 0o1777);
    await expect(openPrivateFolder(join(folder, "tmp", "mine"))).resolves.toBe(join(folder, "tmp", "mine"));
  });

  it("that another user owns is refused, as is a link to it", async () => {
    const path = join(folder, "theirs");
    mkdirSync(path, { mode: 0o700 });
    symlinkSync(path, join(folder, "link"));
    for (const asked of [path, join(folder, "link")])
      await expect(openPrivateFolder(asked, another)).rejects.toThrow(
        `expected to be its owner, got user ${me}`,
      );
  });

  it("is refused where its path is a file", async () => {
    writeFileSync(join(folder, "file"), "");
    await expect(openPrivateFolder(join(folder, "file", "native"))).rejects.toThrow(
      `${join(folder, "file")}: expected a folder, got a file`,
    );
  });

  it("may lie below folders of root, which a sandbox shows as another user's", () => {
    const system = (map: string) => (file: string) => (file.endsWith("uid_map") ? map : "65534\n");
    expect(trustedOwners(1000, system("         0          0 4294967295\n"))).toEqual([1000, 0]);
    expect(trustedOwners(1000, system("         0     100000      65536\n"))).toEqual([1000, 0]);
    expect(trustedOwners(1000, system("      1000       1000          1\n"))).toEqual([1000, 0, 65534]);
    const none = () => {
      throw new Error("no such file");
    };
    expect(trustedOwners(501, none)).toEqual([501, 0]);
  });

  it("a file of another user, or that others may write, is refused", async () => {
    const file = join(folder, "library.so");
    writeFileSync(file, "", { mode: 0o600 });
    await checkPrivate(file, "file");
    await expect(checkPrivate(file, "file", another)).rejects.toThrow("expected to be its owner");
    chmodSync(file, 0o602);
    await expect(checkPrivate(file, "file")).rejects.toThrow("got mode 0602");
  });
});

describe.skipIf(process.platform === "win32")("the cache of compiled libraries", () => {
  it("has no place for a user whose home is empty", async () => {
    process.env.HOME = "";
    delete process.env.XDG_CACHE_HOME;
    expect(await cacheFolder()).toBeUndefined();
  });

  it("is a new folder each time, closed to others and removed at the end, where there is none to trust", async () => {
    process.env.TMPDIR = join(folder, "tmp");
    mkdirSync(process.env.TMPDIR);
    chmodSync(process.env.TMPDIR, 0o1777);
    mkdirSync(join(folder, "shared"));
    chmodSync(join(folder, "shared"), 0o777);
    const warnings: string[] = [];
    const caches = [];
    for (const wanted of [undefined, join(folder, "shared", "native")])
      caches.push(await openCache(wanted, (message) => warnings.push(message)));
    expect(warnings[0]).toMatch(/^no cache for compiled kernels: this user has no home folder; .*Fix: /);
    expect(warnings[1]).toMatch(/shared: expected that no other user may write there.*Fix: .*XDG_CACHE_HOME/);
    expect(new Set(caches.map((cache) => cache.folder)).size).toBe(2);
    for (const cache of caches) {
      expect(statSync(cache.folder).mode & 0o777).toBe(0o700);
      await cache.close();
    }
    expect(readdirSync(process.env.TMPDIR)).toEqual([]);
  });

  it("is refused where even the temporary folder lets others replace what is in it", async () => {
    process.env.TMPDIR = join(folder, "tmp");
    mkdirSync(process.env.TMPDIR);
    chmodSync(process.env.TMPDIR, 0o777);
    await expect(openCache(undefined, () => {})).rejects.toMatchObject({
      name: "NativeError",
      reason: expect.stringContaining("expected the sticky bit"),
    });
  });
});
