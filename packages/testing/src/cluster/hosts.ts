// Hosts on one machine: network namespaces on a virtual switch, each with a name and an address of its own, that reach each other by TCP
// alone. A host's link can be cut while programs run.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openNamespaces, whyNoNamespaces } from "./namespaces.js";
import { type Launched, type LaunchOptions, launch } from "./processes.js";

/** One host. */
export interface Host {
  readonly name: string;
  readonly address: string;
}

/** Hosts that were started. */
export interface Hosts {
  readonly all: readonly Host[];
  /** Program that starts a command on a host, as `ssh` does: `agent NAME COMMAND...`. For launchers that run on a host. */
  readonly agent: string;
  /** Starts a program on host `i`. */
  launch(i: number, command: readonly [string, ...string[]], options?: LaunchOptions): Launched;
  /** Takes the link of host `i` down: what others send it is lost, and nobody is told. */
  cut(i: number): Promise<void>;
  /** Takes the link up again. */
  restore(i: number): Promise<void>;
  /** Ends all programs on them, and the hosts. */
  close(): Promise<void>;
}

/** Name of the network card of each host. */
const CARD = "eth0";

/** Why hosts cannot be started here, with what to install; undefined when they can. */
export const whyNoHosts = (): string | undefined =>
  whyNoNamespaces(
    { ip: "iproute2" },
    ["net", "uts", "ipc"],
    "ip link add name switch type bridge; ip link add name card0 type veth peer name card1; mount --bind /etc/hostname /etc/hosts",
  );

/** The switch, and for each host a process that keeps its namespaces. Prints their process ids. */
const SET_UP = `
mount --bind "$FOLDER/hosts" /etc/hosts
ip link add name switch type bridge
ip link set switch up
while read -r address name; do
  unshare --net --uts --ipc sleep infinity &
  while [ "$(readlink /proc/$!/exe)" != "$(readlink -f "$(command -v sleep)")" ]; do sleep 0.01; done
  nsenter --target $! --uts hostname "$name"
  ip link add "$name" type veth peer name ${CARD} netns $!
  ip link set "$name" master switch up
  nsenter --target $! --net bash -ec "ip address add $address/24 dev ${CARD}; ip link set ${CARD} up; ip link set lo up"
  echo "$name" $! >>"$FOLDER/holders"
done < <(grep host "$FOLDER/hosts")
`;

/** What is in the namespaces of the switch sees the processes of all hosts, so an agent can run on any of them. */
const agentScript = (folder: string) => `#!/bin/bash
# Starts a command on a host. Options of ssh, which MPICH gives, stand before the name.
while [[ $1 == -* ]]; do shift; done
holder=$(awk -v name="$1" '$1 == name { print $2 }' ${folder}/holders)
[ -n "$holder" ] || { echo "agent: expected the name of a host, got $1" >&2; exit 255; }
shift
exec nsenter --target "$holder" --net --uts --ipc bash -c "$*"
`;

/** Starts `count` hosts, named host0, host1 and so on. */
export const startHosts = async (count: number): Promise<Hosts> => {
  const folder = mkdtempSync(join(tmpdir(), "hosts-"));
  const all = Array.from({ length: count }, (_, i) => ({ name: `host${i}`, address: `10.77.0.${i + 1}` }));
  const names = all.map(({ name, address }) => `${address} ${name}\n`).join("");
  writeFileSync(join(folder, "hosts"), `127.0.0.1 localhost\n${names}`);
  writeFileSync(join(folder, "holders"), "");
  const agent = join(folder, "agent");
  writeFileSync(agent, agentScript(folder));
  chmodSync(agent, 0o755);
  const namespaces = await openNamespaces(SET_UP, { kinds: ["net"], env: { FOLDER: folder } }).catch(
    (error) => {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    },
  );
  const inside = ["nsenter", "--target", String(namespaces.pid), "--pid", "--mount", "--net"] as const;
  const find = (i: number): Host => {
    const host = all[i];
    if (!host) throw new RangeError(`hosts: expected 0 to ${count - 1}, got ${i}`);
    return host;
  };
  const setLink = async (i: number, state: "up" | "down") => {
    const { code, stderr } = await launch([...inside, "ip", "link", "set", find(i).name, state]).ended;
    if (code !== 0)
      throw new Error(`hosts: expected the link of ${find(i).name} to go ${state}, got ${stderr}`);
  };
  return {
    all,
    agent,
    launch: (i, command, options) => {
      const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
      const cd = `cd '${options?.cwd ?? process.cwd()}' && exec ${quoted}`;
      return launch([...inside, agent, find(i).name, cd], options);
    },
    cut: (i) => setLink(i, "down"),
    restore: (i) => setLink(i, "up"),
    async close() {
      await namespaces.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
