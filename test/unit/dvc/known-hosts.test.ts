import { createHmac } from 'node:crypto';
import {
  judgeHostKey,
  knownKeyTypes,
  parseKnownHosts,
} from '../../../src/dvc/remotes/ssh/known-hosts';

const KEY = Buffer.from('the key');
const OTHER = Buffer.from('another key');
const line = (names: string, key = KEY, type = 'ssh-ed25519') =>
  `${names} ${type} ${key.toString('base64')} comment`;
const judge = (text: string, host = 'store.example.org', port = 22) =>
  judgeHostKey(parseKnownHosts(text), host, port, KEY);
const hashed = (name: string, salt = Buffer.from('salt of twenty bytes')) =>
  `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;

it.each([
  ['its name', 'store.example.org', 'known'],
  ['its name in capitals', 'STORE.example.ORG', 'known'],
  ['a list', 'a.example.org,store.example.org,192.0.2.1', 'known'],
  ['a pattern', '*.example.org', 'known'],
  ['a pattern of single signs', 'stor?.example.org', 'known'],
  ['a pattern with an exception', '*.example.org,!store.*', 'unknown'],
  ['an exception alone', '!other.example.org', 'unknown'],
  ['a dot for any sign', 'storeXexample.org', 'unknown'],
  ['another port', '[store.example.org]:2222', 'unknown'],
  ['a hashed name', hashed('store.example.org'), 'known'],
  ['another hashed name', hashed('other.example.org'), 'unknown'],
  ['a hash of an unknown kind', hashed('store.example.org').replace('|1|', '|2|'), 'unknown'],
])('a server in the list by %s', (_, names, verdict) => {
  expect(judge(line(names))).toBe(verdict);
});

it('asks for the port where it is not 22', () => {
  expect(judge(line('[store.example.org]:2222'), undefined, 2222)).toBe('known');
  expect(judge(line(hashed('[store.example.org]:2222')), undefined, 2222)).toBe('known');
  expect(judge(line('store.example.org'), undefined, 2222)).toBe('unknown');
  expect(judge(line('[::1]:2222'), '::1', 2222)).toBe('known');
});

it('takes one of several keys, and none beside them', () => {
  const name = 'store.example.org';
  expect(judge(`${line(name, OTHER)}\n${line(name)}\n`)).toBe('known');
  expect(judge(line(name, OTHER))).toBe('changed');
  expect(judge(line('*', OTHER, 'ssh-rsa'))).toBe('changed');
});

it('takes no revoked key, wherever else it stands', () => {
  expect(judge(`${line('store.example.org')}\n@revoked ${line('*')}`)).toBe('revoked');
  expect(judge(`@revoked ${line('*', OTHER)}`)).toBe('unknown');
});

it('leaves out what it can not read, and authorities', () => {
  const text = `# store.example.org ssh-ed25519 x\n\nstore.example.org\n@cert-authority ${line('*')}\r\n`;
  expect(parseKnownHosts(text)).toEqual([]);
});

it('lists the types of key by which a server is known', () => {
  const text = [
    line('store.example.org', KEY, 'ssh-rsa'),
    line('*.org', OTHER, 'ssh-rsa'),
    `@revoked ${line('*', OTHER, 'ecdsa-sha2-nistp256')}`,
    line('other.example.org'),
  ].join('\n');
  expect(knownKeyTypes(parseKnownHosts(text), 'store.example.org', 22)).toEqual(['ssh-rsa']);
});
