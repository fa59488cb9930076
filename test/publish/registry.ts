// A package registry on this machine: what is published to it stays here, and all else comes from the registry that npm is configured with.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

export interface Registry {
  /** The lines of .npmrc that make npm and pnpm use it. */
  npmrc: string;
  /** The same for who may publish. */
  publisherNpmrc: string;
  close(): Promise<void>;
}

/** Starts verdaccio on loopback, with nothing in it, in `folder`. */
export const startRegistry = async (folder: string): Promise<Registry> => {
  const { stdout } = await promisify(execFile)("npm", ["config", "get", "registry"], {
    shell: process.platform === "win32",
  });
  mkdirSync(folder, { recursive: true });
  const config = {
    storage: join(folder, "storage"),
    auth: { htpasswd: { file: join(folder, "htpasswd") } },
    uplinks: { outside: { url: stdout.trim(), maxage: "1h", timeout: "60s" } },
    packages: {
      // Never looked for outside: a name of ours there would be another's.
      mlpconv: { access: "$all", publish: "$authenticated" },
      "@mlpconv/*": { access: "$all", publish: "$authenticated" },
      "**": { access: "$all", proxy: "outside" },
    },
    // Signed tokens: the other kind has the password verified, slowly, with each request.
    security: { api: { legacy: false, jwt: { sign: { expiresIn: "1d" } } } },
    web: { enable: false },
    max_body_size: "100mb",
    log: { type: "file", path: join(folder, "log"), level: "warn" },
  };
  // YAML has JSON in it.
  writeFileSync(join(folder, "config.yaml"), JSON.stringify(config));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}/`;
  const program = resolve("node_modules/verdaccio/bin/verdaccio");
  const parameters = [program, "--config", join(folder, "config.yaml"), "--listen", `127.0.0.1:${port}`];
  // It warns when it runs as root, as it does in containers.
  const env = { ...process.env, NODE_NO_WARNINGS: "1" };
  const server = spawn(process.execPath, parameters, {
    cwd: folder,
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  await answering(`${origin}-/ping`, server);
  const token = await register(origin);
  return {
    npmrc: `registry=${origin}\n`,
    publisherNpmrc: `registry=${origin}\n//127.0.0.1:${port}/:_authToken=${token}\n`,
    close: async () => {
      if (server.exitCode !== null) return;
      server.kill();
      await once(server, "exit");
    },
  };
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
};

const answering = async (url: string, server: ChildProcess): Promise<void> => {
  for (let tries = 0; tries < 600; tries++) {
    if (server.exitCode !== null)
      throw new Error(`verdaccio: expected it to run, got exit code ${server.exitCode}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await wait(100);
  }
  throw new Error(`verdaccio: expected an answer from ${url} within a minute, got none`);
};

/** A user who may publish. @returns the token */
const register = async (origin: string): Promise<string> => {
  const user = { name: "tester", password: "only-on-loopback" };
  const answer = await fetch(`${origin}-/user/org.couchdb.user:${user.name}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(user),
  });
  const { token } = (await answer.json()) as { token?: string };
  if (token === undefined) throw new Error(`verdaccio: expected a token, got ${answer.status}`);
  return token;
};
