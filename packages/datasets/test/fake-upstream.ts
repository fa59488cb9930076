// A server on this machine that hands out the fake files, well or badly.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { zipped } from "./fake-files.js";

// The server of a test is never asked through a proxy that this machine may have.
process.env.NO_PROXY = process.env.no_proxy = "127.0.0.1";

type Answer = (request: IncomingMessage, response: ServerResponse, bytes: Buffer) => void;

/** Answers as a correct server does: the whole file, or the requested part. */
export const whole: Answer = (request, response, bytes) => {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  if (start >= bytes.length) {
    response.writeHead(416).end();
    return;
  }
  const range = start > 0 ? { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {};
  response.writeHead(start > 0 ? 206 : 200, { "content-length": bytes.length - start, ...range });
  response.end(bytes.subarray(start));
};

/** Announces everything and breaks off after `length` bytes, once they had time to arrive: fetch forgets what it has not handed on. */
export const breaksOffAfter =
  (length: number): Answer =>
  (_, response, bytes) => {
    response.writeHead(200, { "content-length": bytes.length });
    response.write(bytes.subarray(0, length), () => setTimeout(() => response.destroy(), 300));
  };

export const status =
  (code: number): Answer =>
  (_, response) => {
    response.writeHead(code).end("<html>no</html>");
  };

export const silent: Answer = () => {};

/** 1 kB now and then: never idle, not done for ten seconds. */
export const drips: Answer = (_, response, bytes) => {
  response.writeHead(200, { "content-length": bytes.length });
  let at = 0;
  const timer = setInterval(() => {
    response.write(bytes.subarray(at, at + 1_000));
    at += 1_000;
  }, 50);
  response.on("close", () => clearInterval(timer));
};

/** A byte every 50 ms: never idle, not done in days. */
export const bytewise: Answer = (_, response, bytes) => {
  response.writeHead(200, { "content-length": bytes.length });
  let at = 0;
  const timer = setInterval(() => response.write(bytes.subarray(at, ++at)), 50);
  response.on("close", () => clearInterval(timer));
};

/** Announces a gigabyte, or sends without an end and without a length; `onClose` hears when the connection ends. */
export const oversized =
  (announced: boolean, onClose: () => void): Answer =>
  (_, response) => {
    response.writeHead(200, announced ? { "content-length": 2 ** 30 } : {});
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
    };
    response.on("drain", more).on("close", onClose);
    more();
  };

export interface Upstream {
  url: string;
  /** Each request as "name" or "name from N". */
  requests: string[];
}

/** Starts a server for the rest of the test; `answer` chooses for the file's name and how often it was asked for before. */
export const upstream = async (
  answer: (name: string, before: number) => Answer,
  files: ReadonlyMap<string, Buffer> = zipped,
): Promise<Upstream> => {
  const requests: string[] = [];
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const name = request.url!.slice(1);
    const before = counts.get(name) ?? 0;
    counts.set(name, before + 1);
    const from = /^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1];
    requests.push(from ? `${name} from ${from}` : name);
    answer(name, before)(request, response, files.get(name) ?? Buffer.alloc(0));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests };
};
