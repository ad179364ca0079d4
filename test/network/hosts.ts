/**
 * Hosts with addresses of their own on one network, made of namespaces and a bridge. All of it lies within the
 * namespaces of the calling process (`enter-network.ts`) and is gone with them.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Of the block that is kept for documentation: it is nobody's address. */
const PREFIX = '192.0.2';
/** This process, and whatever it starts without a host. */
export const SERVICE_ADDRESS = `${PREFIX}.1`;

const BRIDGE = 'switch';

export interface Host {
  name: string;
  address: string;
  /** The beginning of a command line that is to run on the host, under its name. */
  under: readonly string[];
}

export async function makeNetwork(): Promise<void> {
  await ip('link set lo up');
  await ip(`link add ${BRIDGE} type bridge`);
  await ip(`address add ${SERVICE_ADDRESS}/24 dev ${BRIDGE}`);
  await ip(`link set ${BRIDGE} up`);
}

/** @param number the last part of its address, from 2 on */
export async function addHost(name: string, number: number): Promise<Host> {
  const address = `${PREFIX}.${number}`;
  await ip(`netns add ${name}`);
  await ip(`link add ${portOf(name)} type veth peer name eth0 netns ${name}`);
  await ip(`-n ${name} address add ${address}/24 dev eth0`);
  await ip(`-n ${name} link set lo up`);
  await ip(`-n ${name} link set eth0 up`);
  await ip(`link set ${portOf(name)} up master ${BRIDGE}`);
  const named = ['sh', '-c', 'hostname "$0" && exec "$@"', name];
  return { name, address, under: ['ip', 'netns', 'exec', name, 'unshare', '--uts', ...named] };
}

/** How a host is cut off, and joined again. No connection of its hears a word of it. */
export interface Cut {
  cut(host: Host): Promise<void>;
  join(host: Host): Promise<void>;
}

/** The host itself sees that its link is down, and has no route any more. */
export const LINK_DOWN: Cut = {
  cut: ({ name }) => ip(`-n ${name} link set eth0 down`),
  join: ({ name }) => ip(`-n ${name} link set eth0 up`),
};

/** Its link stays up, and whatever is sent over it is lost. */
export const BLACK_HOLE: Cut = {
  cut: ({ name }) => ip(`link set ${portOf(name)} nomaster`),
  join: ({ name }) => ip(`link set ${portOf(name)} master ${BRIDGE}`),
};

function portOf(name: string): string {
  return `to-${name}`;
}

async function ip(words: string): Promise<void> {
  await promisify(execFile)('ip', words.split(' '));
}
