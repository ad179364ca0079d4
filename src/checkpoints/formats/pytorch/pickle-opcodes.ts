/**
 * The opcodes that a pickle may use, after CPython's pickletools. An opcode without a row here is refused:
 * those that call classes (NEWOBJ, OBJ, INST), the registry of extensions (EXT1, …), the text forms of
 * protocols 0 and 1, raw bytes, and whatever comes in later protocols.
 */
import { type PickleCursor, pickleInvalid } from './pickle-cursor';
import { allowedGlobal, callGlobal, storageOf } from './pickle-globals';
import type { PickleStack } from './pickle-stack';
import {
  PickleDict,
  type PickleKey,
  PickleList,
  PickleTuple,
  type PickleValue,
} from './pickle-values';

type Step = (stack: PickleStack, cursor: PickleCursor) => void;

/** What they push takes no more memory than the bytes that it is read from. */
const SCALARS: readonly [number, string, (cursor: PickleCursor) => PickleValue][] = [
  [0x4e, 'NONE', () => null],
  [0x88, 'NEWTRUE', () => true],
  [0x89, 'NEWFALSE', () => false],
  [0x4a, 'BININT', (cursor) => cursor.i32()],
  [0x4b, 'BININT1', (cursor) => cursor.u8()],
  [0x4d, 'BININT2', (cursor) => cursor.u16()],
  [0x8a, 'LONG1', (cursor) => cursor.integer(cursor.u8())],
  [0x47, 'BINFLOAT', (cursor) => cursor.f64()],
  [0x8c, 'SHORT_BINUNICODE', (cursor) => cursor.text(cursor.u8())],
  [0x58, 'BINUNICODE', (cursor) => cursor.text(cursor.u32())],
  [0x8d, 'BINUNICODE8', (cursor) => cursor.text(cursor.u64())],
  [0x63, 'GLOBAL', (cursor) => allowedGlobal(cursor.line(), cursor.line())],
];

/** What they push is counted, for it takes more. */
const CONTAINERS: readonly [number, string, (stack: PickleStack) => PickleValue][] = [
  [0x29, 'EMPTY_TUPLE', () => new PickleTuple([])],
  [0x85, 'TUPLE1', (stack) => tuple(stack, 1)],
  [0x86, 'TUPLE2', (stack) => tuple(stack, 2)],
  [0x87, 'TUPLE3', (stack) => tuple(stack, 3)],
  [0x74, 'TUPLE', (stack) => new PickleTuple(stack.popToMark())],
  [0x5d, 'EMPTY_LIST', () => new PickleList()],
  [0x7d, 'EMPTY_DICT', () => new PickleDict(false)],
  [0x93, 'STACK_GLOBAL', stackGlobal],
  [0x52, 'REDUCE', reduce],
  [0x51, 'BINPERSID', (stack) => storageOf(stack.pop())],
];

const ACTIONS: readonly [number, string, Step][] = [
  [0x95, 'FRAME', skipFrame],
  [0x28, 'MARK', mark],
  [
    0x61,
    'APPEND',
    (stack) => {
      append(stack, [stack.pop()]);
    },
  ],
  [
    0x65,
    'APPENDS',
    (stack) => {
      append(stack, stack.popToMark());
    },
  ],
  [
    0x73,
    'SETITEM',
    (stack) => {
      setItems(stack, pair(stack));
    },
  ],
  [
    0x75,
    'SETITEMS',
    (stack) => {
      setItems(stack, stack.popToMark());
    },
  ],
  [
    0x71,
    'BINPUT',
    (stack, cursor) => {
      stack.remember(cursor.u8());
    },
  ],
  [
    0x72,
    'LONG_BINPUT',
    (stack, cursor) => {
      stack.remember(cursor.u32());
    },
  ],
  [
    0x94,
    'MEMOIZE',
    (stack) => {
      stack.rememberNext();
    },
  ],
  [
    0x68,
    'BINGET',
    (stack, cursor) => {
      stack.recall(cursor.u8());
    },
  ],
  [
    0x6a,
    'LONG_BINGET',
    (stack, cursor) => {
      stack.recall(cursor.u32());
    },
  ],
  [0x62, 'BUILD', build],
];

/** By opcode. PROTO and STOP, which may stand at the ends alone, are the machine's. */
export const STEPS: ReadonlyMap<number, Step> = new Map<number, Step>([
  ...SCALARS.map(([opcode, , value]): [number, Step] => [
    opcode,
    (stack, cursor) => {
      stack.push(value(cursor));
    },
  ]),
  ...CONTAINERS.map(([opcode, , value]): [number, Step] => [
    opcode,
    (stack) => {
      stack.pushContainer(value(stack));
    },
  ]),
  ...ACTIONS.map(([opcode, , step]): [number, Step] => [opcode, step]),
]);

function mark(stack: PickleStack): void {
  stack.mark();
}

/** A frame is only a hint for readers of streams; its length must not promise bytes that are not there. */
function skipFrame(_stack: PickleStack, cursor: PickleCursor): void {
  if (cursor.u64() > cursor.remaining) throw pickleInvalid('a frame is longer than the pickle');
}

function tuple(stack: PickleStack, length: number): PickleTuple {
  return new PickleTuple(Array.from({ length }, () => stack.pop()).reverse());
}

function append(stack: PickleStack, items: readonly PickleValue[]): void {
  const list = stack.top();
  if (!(list instanceof PickleList))
    throw pickleInvalid('it appends to something else than a list');
  for (const item of items) list.items.push(item);
}

function pair(stack: PickleStack): PickleValue[] {
  const value = stack.pop();
  return [stack.pop(), value];
}

function setItems(stack: PickleStack, items: readonly PickleValue[]): void {
  const dict = stack.top();
  if (!(dict instanceof PickleDict) || items.length % 2 !== 0) {
    throw pickleInvalid('it sets items of something else than a dict, or a key without its value');
  }
  for (let index = 0; index + 1 < items.length; index += 2) {
    dict.entries.set(keyOf(items[index]), items[index + 1] ?? null);
  }
}

function keyOf(value: PickleValue | undefined): PickleKey {
  if (value === undefined || (typeof value === 'object' && value !== null)) {
    throw pickleInvalid('a key is neither text nor a number');
  }
  return value;
}

function stackGlobal(stack: PickleStack): PickleValue {
  const name = stack.pop();
  const module = stack.pop();
  if (typeof module !== 'string' || typeof name !== 'string') {
    throw pickleInvalid('a name is not text');
  }
  return allowedGlobal(module, name);
}

function reduce(stack: PickleStack): PickleValue {
  const args = stack.pop();
  return callGlobal(stack.pop(), args);
}

/** Only what state_dict() does with it: an OrderedDict gets attributes (`_metadata`), which nobody here reads. */
function build(stack: PickleStack): void {
  const state = stack.pop();
  const target = stack.top();
  if (!(target instanceof PickleDict && target.ordered) || !(state instanceof PickleDict)) {
    throw pickleInvalid('it sets the state of something else than an OrderedDict');
  }
}
