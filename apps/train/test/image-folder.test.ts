// Runs on a folder of pictures that the test draws: trained, stopped, moved, changed, evaluated, predicted.
import { appendFile, cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { readSafetensorsFile } from "@mlpconv/weights/node";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run, start } from "./program.js";

let folder: string;
let cacheBefore: string | undefined;

/** Stripes that lie and are red, or stand and are blue, a little different with each number. */
const draw = async (path: string, stands: boolean, n: number): Promise<void> => {
  const [width, height] = [48, 36];
  const levels = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    const stripe = (Math.floor((stands ? x : y) / 6) + n) % 2 ? 150 : 40;
    return i % 3 === (stands ? 2 : 0) ? stripe + 90 : stripe - (n % 30);
  });
  await mkdir(dirname(path), { recursive: true });
  await sharp(levels, { raw: { width, height, channels: 3 } }).toFile(path);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlpconv-"));
  cacheBefore = process.env.XDG_CACHE_HOME;
  process.env.XDG_CACHE_HOME = join(folder, "cache");
  for (let n = 0; n < 40; n++) {
    await draw(join(folder, "photos", "lying", `${n}.jpg`), false, n);
    await draw(join(folder, "photos", "standing", `${n}.png`), true, n);
  }
});
afterAll(async () => {
  if (cacheBefore === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = cacheBefore;
  await rm(folder, { recursive: true });
});

const pnpm = (...args: string[]) => run(args, folder);
const lenet = "train --model lenet --engine wasm --batch-size 16 --resize 32".split(" ");
const file = (name: string, path: string) => join(folder, "runs", name, path);
const config = async (name: string) => JSON.parse(await readFile(file(name, "config.json"), "utf8"));

describe("a folder of pictures", () => {
  it("is trained on, recorded, evaluated, and predicted from as it was trained on", async () => {
    const { code, stdout, stderr } = await pnpm(
      ...lenet,
      ..."--optimizer adamw --lr 0.01 --data photos --epochs 8 --run mine".split(" "),
    );
    expect(`${code} ${stderr}`).toMatch(/^0/);
    expect(stdout).toContain(
      `data     photos from ${join(folder, "photos")}: 64 training images, 16 test images`,
    );
    const { data, ...settings } = await config("mine");
    expect(settings).toMatchObject({ channels: 3, fit: "crop", testShare: 0.2, resize: 32 });
    expect(data).toMatchObject({
      name: "photos",
      classes: ["lying", "standing"],
      shape: [32, 32, 3],
      examples: { train: 64, test: 16 },
      folder: { path: join(folder, "photos"), behind: "white" },
    });
    for (const weights of ["last.safetensors", "best.safetensors"]) {
      const { metadata } = await readSafetensorsFile(file("mine", weights));
      expect(JSON.parse(metadata.config!).pretrained_cfg.label_names).toEqual(["lying", "standing"]);
    }
    const evaluated = await pnpm("evaluate", "--run", "mine", "--engine", "wasm", "--json");
    expect(`${evaluated.code} ${evaluated.stderr}`).toMatch(/^0/);
    const { accuracy, examples } = JSON.parse(evaluated.stdout.trimEnd().split("\n").at(-1)!);
    expect(examples).toBe(16);
    expect(accuracy).toBeGreaterThan(0.9);
    const predicted = await pnpm(
      ..."predict --run mine --engine wasm --json photos/lying/0.jpg photos/standing/0.png".split(" "),
    );
    const { images } = JSON.parse(predicted.stdout.trimEnd().split("\n").at(-1)!);
    expect(
      images.map(({ top, inverted }: never) => [(top as { class: string }[])[0]!.class, inverted]),
    ).toEqual([
      ["lying", false],
      ["standing", false],
    ]);
  });

  it("gives the same bits streamed and killed as in memory in one go, also after it was moved", async () => {
    const args = "--epochs 3 --save-every 1 --seed 3 --fit pad --channels 1".split(" ");
    const whole = await pnpm(...lenet, ...args, ..."--data photos --run whole".split(" "));
    expect(`${whole.code} ${whole.stderr}`).toMatch(/^0/);
    const killed = start(
      [...lenet, ...args, ..."--data photos --run killed --image-memory 0".split(" ")],
      folder,
    );
    const state = file("killed", "state.safetensors");
    while (!(await stat(state).catch(() => undefined))) await wait(20);
    killed.child.kill("SIGKILL");
    await killed.outcome;
    await cp(join(folder, "photos"), join(folder, "moved"), { recursive: true });
    await rename(join(folder, "photos"), join(folder, "away"));
    try {
      const lost = await pnpm("train", "--run", "killed", "--resume");
      expect([lost.code, lost.stderr]).toEqual([
        1,
        expect.stringContaining("expected a folder of images, got no such folder"),
      ]);
      const resumed = await pnpm(..."train --run killed --resume --data moved --image-memory 0".split(" "));
      expect(`${resumed.code} ${resumed.stderr}`).toMatch(/^0/);
    } finally {
      await rename(join(folder, "away"), join(folder, "photos"));
    }
    expect(await readFile(file("killed", "last.safetensors"))).toEqual(
      await readFile(file("whole", "last.safetensors")),
    );
    expect((await config("killed")).data.sha256).toBe((await config("whole")).data.sha256);
  });

  it("is refused when it changed since, and when a flag says otherwise", async () => {
    await cp(join(folder, "photos"), join(folder, "changed"), { recursive: true });
    const other = await pnpm(..."train --run mine --resume --test-share 0.5".split(" "));
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringContaining("--test-share 0.5, and the run has 0.2"),
    ]);
    await draw(join(folder, "changed", "lying", "0.jpg"), false, 99);
    const content = await pnpm(..."evaluate --run mine --engine wasm --data changed".split(" "));
    expect([content.code, content.stderr]).toEqual([
      1,
      expect.stringContaining(
        "(64 training and 16 test images), got 1 changed file (lying/0.jpg); put them back",
      ),
    ]);
    // A run of an earlier version has no record of its pictures.
    const record = await readFile(file("mine", "pictures.json"));
    await rm(file("mine", "pictures.json"));
    const earlier = await pnpm(..."evaluate --run mine --engine wasm --data changed".split(" "));
    expect(earlier.stderr).toContain("got others: some files have another content or name; put them back");
    await writeFile(file("mine", "pictures.json"), record);
    await rm(join(folder, "changed", "standing", "3.png"));
    for (const n of [100, 101, 102]) await draw(join(folder, "changed", "lying", `${n}.jpg`), false, n);
    const more = await pnpm(..."train --run mine --resume --data changed".split(" "));
    expect([more.code, more.stderr]).toEqual([
      1,
      expect.stringMatching(
        /got 6\d training and 1\d test images: 1 changed file \(lying\/0\.jpg\), 1 missing file \(standing\/3\.png\), 3 new files \(lying\/100\.jpg, lying\/101\.jpg, lying\/102\.jpg\); put them back/,
      ),
    ]);
  });

  it("with files that are no pictures begins with --skip-bad alone, and says how many were left out", async () => {
    await cp(join(folder, "photos"), join(folder, "damaged"), { recursive: true });
    await writeFile(join(folder, "damaged", "lying", "0.jpg"), "text");
    await appendFile(join(folder, "damaged", "standing", "notes.txt"), "text");
    const refused = await pnpm(...lenet, ..."--data damaged --epochs 1 --run damaged".split(" "));
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining("got 2 of 81 files that are none"),
    ]);
    expect(await stat(join(folder, "runs", "damaged")).catch(() => undefined)).toBeUndefined();
    const { code, stderr } = await pnpm(
      ...lenet,
      ..."--data damaged --epochs 1 --run damaged --skip-bad".split(" "),
    );
    expect(`${code} ${stderr}`).toMatch(/^0/);
    expect((await config("damaged")).data.folder.leftOut).toBe(2);
    const evaluated = await pnpm(..."evaluate --run damaged --engine wasm".split(" "));
    expect(`${evaluated.code} ${evaluated.stderr}`).toMatch(/^0/);
  });

  it("is asked for by its flags alone", async () => {
    const { code, stderr } = await pnpm("train", "--fit", "pad", "--skip-bad");
    expect([code, stderr]).toEqual([
      2,
      "train: expected --fit with a folder of pictures (--data), got fashion-mnist; leave it out\n" +
        "train: expected --skip-bad with a folder of pictures (--data), got fashion-mnist; leave it out\n",
    ]);
    for (const part of ["train", "test"])
      await cp(join(folder, "photos"), join(folder, "parts", part), { recursive: true });
    const parts = await pnpm(...lenet, "--data", "parts", "--test-share", "0.5");
    expect([parts.code, parts.stderr]).toEqual([
      2,
      "train: expected --test-share with a folder without a part for testing, got parts with one; leave it out\n",
    ]);
    const wrong = await pnpm("train", "--channels", "2", "--test-share", "0");
    expect(wrong.stderr).toContain('expected --channels to be one of 1, 3, got "2"');
    expect(wrong.stderr).toContain(
      'expected --test-share to be a number above 0 and below 1, such as 0.2, got "0"',
    );
  });
});
