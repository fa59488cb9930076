// The server as browsers and attackers see it.
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthetic } from "@mlpconv/datasets";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataRoutes } from "./data-routes.js";
import { playgroundServer } from "./http-server.js";
import { noRun } from "./run-routes.js";

const root = mkdtempSync(join(tmpdir(), "playground-"));
const folder = join(root, "site");
mkdirSync(join(folder, "assets"), { recursive: true });
mkdirSync(join(root, "beside"));
writeFileSync(join(root, "secret.txt"), "secret");
writeFileSync(join(root, "beside", "secret.txt"), "secret");
writeFileSync(join(folder, "index.html"), "<!doctype html><title>page</title>");
for (const name of ["main.js", "main.css", "simd.wasm", "icon.svg"])
  writeFileSync(join(folder, "assets", name), name);
writeFileSync(join(folder, ".hidden"), "secret");

const server = playgroundServer({
  folder,
  routes: new Map([...dataRoutes(synthetic({ train: 4, test: 2 })), ...noRun]),
  names: ["workshop"],
});
let port = 0;
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ({ port } = server.address() as AddressInfo);
  // Made after the start: what the server did not list is not there.
  symlinkSync(join(root, "secret.txt"), join(folder, "assets", "link.txt"));
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  rmSync(root, { recursive: true });
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Asks for a path exactly as it is written, which `fetch` would change. */
const ask = async (path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> => {
  const asked = httpRequest({ host: "127.0.0.1", port, path, method, headers }).end();
  const [response] = await once(asked, "response");
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
};

/** Sends bytes that no client would, and gives all that comes back. */
const askRaw = async (text: string): Promise<string> => {
  const socket = connect(port, "127.0.0.1");
  socket.end(text);
  let answer = "";
  for await (const chunk of socket) answer += chunk;
  return answer;
};

describe("files of the page", () => {
  test.each([
    ["/", "text/html;charset=utf-8"],
    ["/index.html", "text/html;charset=utf-8"],
    ["/?model=nin", "text/html;charset=utf-8"],
    ["/assets/main.js", "text/javascript"],
    ["/assets/main.css", "text/css"],
    ["/assets/simd.wasm", "application/wasm"],
    ["/assets/icon.svg", "image/svg+xml"],
  ])("%s is %s", async (path, type) => {
    const { status, headers } = await ask(path);
    expect([status, headers["content-type"]]).toEqual([200, type]);
  });

  test.each(["/", "/assets/main.js", "/data/data.json", "/run/run.json", "/no-such-file"])(
    "%s isolates the page from other origins and keeps it from asking any",
    async (path) => {
      const { headers } = await ask(path);
      expect(headers).toMatchObject({
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
        "cross-origin-resource-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-cache",
      });
      const policy = headers["content-security-policy"] as string;
      expect(policy).toContain("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';");
      expect(policy).toContain("connect-src 'self';");
      expect(policy).not.toMatch(/script-src[^;]*(unsafe-inline|'unsafe-eval'|https?:|\*)/);
    },
  );

  test("a file that the browser has is not sent again", async () => {
    const { headers } = await ask("/assets/main.js");
    const again = await ask("/assets/main.js", { "if-none-match": headers.etag! });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });
});

describe("what is not the page's", () => {
  test.each([
    "/../secret.txt",
    "/assets/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/%2e%2e%2fsecret.txt",
    "/..%2fsecret.txt",
    "/..%5csecret.txt",
    "/assets/%252e%252e/%252e%252e/secret.txt",
    "//secret.txt",
    "/./../secret.txt",
    "/..;/secret.txt",
    "/%c0%ae%c0%ae/secret.txt",
    "/../beside/secret.txt",
    "/index.html%00.txt",
    "/%00",
    "/%",
    "/%zz",
    "/.hidden",
    "/assets/link.txt",
    "/assets",
    "/data/../../secret.txt",
    "/run/../../secret.txt",
    "/run/config.json",
    "/run/.lock",
    "/data/",
  ])("%s is not served", async (path) => {
    const { status, body } = await ask(path);
    expect([400, 404]).toContain(status);
    expect(body.toString()).not.toContain("secret");
  });

  test.each(["*", "http://other.example/secret.txt", "secret.txt"])(
    "%s in place of a path is not served",
    async (target) => {
      const answer = await askRaw(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1.1 40[04]/);
      expect(answer).not.toContain("secret\r\n");
    },
  );

  test.each(["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])("%s is refused", async (method) => {
    const { status, headers } = await ask("/", {}, method);
    expect([status, headers.allow]).toEqual([405, "GET, HEAD"]);
  });
});

describe("the header Host", () => {
  test.each([
    "127.0.0.1",
    "localhost:1",
    "LOCALHOST",
    "[::1]:7654",
    "192.168.0.7:80",
    "workshop",
    "Workshop:7",
  ])("%s may ask", async (host) => expect((await ask("/", { host })).status).toBe(200));

  test.each([
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.1@evil.example",
    "a b",
  ])("%j is refused, because a page of that name could be of another site", async (host) => {
    for (const path of ["/", "/data/data.json", "/run/run.json"])
      expect((await ask(path, { host })).status).toBe(403);
  });
});

test.each(["Host: \r\n", "Host: evil.example\r\nHost: localhost\r\n"])(
  "a request with %j is refused",
  async (line) =>
    expect(await askRaw(`GET / HTTP/1.1\r\n${line}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1.1 40[03]/),
);

describe("data", () => {
  const drawn = synthetic({ train: 4, test: 2 });

  test("data.json has the facts, and the names of four IDX files that hold the images and labels", async () => {
    const { body } = await ask("/data/data.json");
    const { files, ...facts } = JSON.parse(body.toString());
    expect(facts).toMatchObject({
      name: drawn.name,
      classes: [...drawn.classes],
      shape: [...drawn.shape],
      mean: [...drawn.mean],
      std: [...drawn.std],
      train: 4,
      test: 2,
    });
    const images = await ask(`/data/${files.trainImages}`);
    expect(images.headers["content-length"]).toBe(String(16 + 4 * 28 * 28));
    expect(images.body.subarray(0, 16).toString("hex")).toBe("00000803000000040000001c0000001c");
    expect(images.body.subarray(16).equals(drawn.train.images)).toBe(true);
    const labels = await ask(`/data/${files.testLabels}`);
    expect([...labels.body]).toEqual([0, 0, 8, 1, 0, 0, 0, 2, ...drawn.test.labels]);
  });

  test("HEAD has the length and no body", async () => {
    const { headers, body } = await ask("/data/train-images.idx", {}, "HEAD");
    expect([headers["content-length"], body.length]).toEqual([String(16 + 4 * 28 * 28), 0]);
  });

  test("without data the answer is a reason, without a run it is null", async () => {
    const empty = new Map([...dataRoutes("fashion-mnist: not here"), ...noRun]);
    await expect(empty.get("data/data.json")!(new URLSearchParams())).rejects.toThrow(
      "fashion-mnist: not here",
    );
    const { status, headers, body } = await ask("/run/run.json");
    expect([status, headers["content-type"]]).toEqual([200, "application/json; charset=utf-8"]);
    expect(body.toString()).toBe("null");
  });

  test("more classes than a byte can tell apart are refused", async () => {
    const classes = Array.from({ length: 257 }, (_, i) => `class ${i}`);
    const routes = dataRoutes({ ...drawn, classes });
    await expect(routes.get("data/data.json")!(new URLSearchParams())).rejects.toThrow(
      /expected data of at most 256 classes, got 257/,
    );
  });

  test("images that are read when they are needed are served like those in memory", async () => {
    const { images, ...rest } = drawn.train;
    const [, height, width, channels] = rest.shape;
    const read = async (indices: readonly number[]) =>
      Uint8Array.from(
        indices.flatMap((index) => [
          ...images.subarray(index * height * width * channels, (index + 1) * height * width * channels),
        ]),
      );
    const reply = await dataRoutes({ ...drawn, train: { ...rest, read } }).get("data/train-images.idx")!(
      new URLSearchParams(),
    );
    const chunks: Uint8Array[] = [];
    for await (const chunk of reply.body as AsyncIterable<Uint8Array>) chunks.push(chunk);
    expect(Buffer.concat(chunks).subarray(16).equals(images)).toBe(true);
  });
});
