// Downloads through a proxy of this machine, for host names that nothing but the proxy knows.
import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, expect, it, onTestFinished, vi } from "vitest";
import { findData } from "../src/find/find-data.js";
import { openHttp } from "../src/find/http.js";
import { placesWith, requestWith, zipped } from "./fake-files.js";
import { upstream, whole } from "./fake-upstream.js";

const names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"].flatMap((name) => [
  name,
  name.toLowerCase(),
]);
const environment = (wanted: Record<string, string>) => {
  for (const name of names) vi.stubEnv(name, wanted[name]);
};
afterEach(() => vi.unstubAllEnvs());

/** A proxy that sends everything to one server, tunnels included, and writes down what it was asked for. */
const proxy = async (target: string) => {
  const asked: string[] = [];
  const { hostname, port } = new URL(target);
  const server = createServer((incoming, response) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    const path = new URL(incoming.url!).pathname;
    request({ hostname, port, path, headers: incoming.headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    }).end();
  });
  server.on("connect", (incoming: IncomingMessage, socket: Socket) => {
    asked.push(`CONNECT ${incoming.url} ${incoming.headers["proxy-authorization"] ?? ""}`.trim());
    const through = connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      through.pipe(socket).pipe(through);
    });
    for (const end of [socket, through]) end.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
};

it.each(["HTTP_PROXY", "http_proxy", "ALL_PROXY"])("%s is used for http", async (name) => {
  const { url, requests } = await upstream(() => whole);
  const { url: proxyUrl, asked } = await proxy(url);
  environment({ [name]: proxyUrl });
  await findData(requestWith(), placesWith({ mirrors: ["http://data.invalid/"] }));
  expect(asked).toEqual([...zipped.keys()].map((file) => `GET http://data.invalid/${file}`));
  expect(requests).toEqual([...zipped.keys()]);
});

it("HTTPS_PROXY tunnels https, with the user's name and password", async () => {
  const { url } = await upstream(() => whole);
  const { url: proxyUrl, asked } = await proxy(url);
  environment({ HTTPS_PROXY: proxyUrl.replace("//", "//me:secret@") });
  const failed = findData(requestWith(), placesWith({ mirrors: ["https://data.invalid/"] }));
  // The server behind the tunnel speaks no TLS. The message names the proxy, not the password.
  const message = await failed.then(String, (error: Error) => error.message);
  expect(message).toContain(`(HTTPS_PROXY is set to ${new URL(proxyUrl).host})`);
  expect(message).not.toContain("secret");
  expect(asked[0]).toBe(`CONNECT data.invalid:443 Basic ${btoa("me:secret")}`);
});

it("HTTP_PROXY alone is not used for https", async () => {
  const { url } = await upstream(() => whole);
  const { url: proxyUrl, asked } = await proxy(url);
  environment({ HTTP_PROXY: proxyUrl });
  const failed = findData(requestWith(), placesWith({ mirrors: [url.replace("http:", "https:")] }));
  const message = await failed.then(String, (error: Error) => error.message);
  expect(message).not.toContain("PROXY");
  expect(asked).toEqual([]);
});

it("NO_PROXY names hosts that are asked directly", async () => {
  const { url, requests } = await upstream(() => whole);
  const { url: proxyUrl, asked } = await proxy(url);
  environment({ HTTP_PROXY: proxyUrl, NO_PROXY: "example.org,127.0.0.1" });
  await findData(requestWith(), placesWith({ mirrors: [url] }));
  expect(requests).toHaveLength(4);
  expect(asked).toEqual([]);
});

it("a variable that is no proxy's URL is an error that names it and keeps its password", async () => {
  environment({ HTTPS_PROXY: "ftp://me:secret@proxy" });
  await expect(openHttp()).rejects.toThrow(
    'HTTPS_PROXY: expected the URL of a proxy (http://host:port), got "ftp://…@proxy"; correct it, or unset it',
  );
  await expect(findData(requestWith(), placesWith({ mirrors: ["http://data.invalid/"] }))).rejects.toThrow(
    "download: HTTPS_PROXY: expected the URL of a proxy",
  );
});

it("a proxy that does not answer is named", async () => {
  environment({ HTTP_PROXY: "127.0.0.1:1" });
  await expect(findData(requestWith(), placesWith({ mirrors: ["http://data.invalid/"] }))).rejects.toThrow(
    "(HTTP_PROXY is set to 127.0.0.1:1)",
  );
});
