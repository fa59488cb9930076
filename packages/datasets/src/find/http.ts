// HTTP for downloads, through the proxy that the environment names, as curl and apt use it.

/** What of `fetch` a download needs. */
type Fetch = (
  url: string,
  options: { headers: Record<string, string>; signal: AbortSignal },
) => Promise<Response>;

export interface Http {
  fetch: Fetch;
  /** The proxy variable that holds for a URL, with its host and without its password, for messages; undefined if none does. */
  proxyOf(url: string): string | undefined;
  /** Ends all connections, so that none keeps the process alive. */
  close(): Promise<void>;
}

/** The variable's name and value; small letters first, as in curl. */
const variable = (
  environment: NodeJS.ProcessEnv,
  ...names: string[]
): [name: string, url: string] | undefined => {
  for (const name of names.flatMap((name) => [name.toLowerCase(), name])) {
    const value = environment[name]?.trim();
    if (value) return [name, value];
  }
  return undefined;
};

/** URL of a proxy; without a scheme it is HTTP, as in curl. */
const proxyUrl = ([name, value]: [name: string, url: string]): URL => {
  const text = /^[a-z0-9+.-]+:\/\//i.test(value) ? value : `http://${value}`;
  if (URL.canParse(text) && /^(https?|socks5?):$/.test(new URL(text).protocol)) return new URL(text);
  const shown = value.replace(/\/\/.*@/, "//…@");
  throw new Error(
    `${name}: expected the URL of a proxy (http://host:port), got "${shown}"; correct it, or unset it to connect directly`,
  );
};

/**
 * Reads HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY.
 *
 * @throws Error that names the variable when it is not the URL of a proxy
 */
export const openHttp = async (environment: NodeJS.ProcessEnv = process.env): Promise<Http> => {
  const proxies = {
    http: variable(environment, "HTTP_PROXY", "ALL_PROXY"),
    https: variable(environment, "HTTPS_PROXY", "ALL_PROXY"),
  };
  const noProxy = variable(environment, "NO_PROXY")?.[1] ?? "";
  const schemeOf = (url: string) => (new URL(url).protocol === "https:" ? "https" : "http");
  // Imported late: only a download needs it. Node's own fetch reads these variables in Node 24 alone, and only when it is told to.
  const { Agent, EnvHttpProxyAgent, fetch } = await import("undici");
  const agentFor = (proxy: [name: string, url: string] | undefined) => {
    if (!proxy) return new Agent();
    const { href } = proxyUrl(proxy);
    // A tunnel to port 80 is what many proxies refuse.
    return new EnvHttpProxyAgent({ httpProxy: href, httpsProxy: href, noProxy, proxyTunnel: false });
  };
  const agents = { http: agentFor(proxies.http), https: agentFor(proxies.https) };
  return {
    fetch: (url, options) =>
      fetch(url, { ...options, dispatcher: agents[schemeOf(url)] }) as unknown as Promise<Response>,
    proxyOf: (url) => {
      const proxy = proxies[schemeOf(url)];
      return proxy && `${proxy[0]} is set to ${proxyUrl(proxy).host}`;
    },
    close: async () => {
      await Promise.all([agents.http.destroy(), agents.https.destroy()]);
    },
  };
};
