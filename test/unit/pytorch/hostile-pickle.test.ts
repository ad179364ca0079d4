/** Pickles that would run code, in Python: each is refused by its own code and does nothing. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { archive, codeOf, refusalOf } from './files';
import {
  call,
  dict,
  get,
  global,
  int,
  join,
  op,
  orderedDict,
  type Part,
  pickle,
  raw,
  storage,
  tensor,
  text,
  tuple,
} from './pickle-writer';

const ones = tensor({ shape: [4], strides: [1] });
const refused = (...parts: Part[]) => refusalOf(archive(pickle(...parts)));

/** A state dict that has `part` beside its one good tensor. */
const beside = (part: Part) => dict({ weight: ones, other: part });

describe('a pickle that asks for code', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'assay-pickle-'))));
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  test('os.system is refused by name, and its command did not run', () => {
    const marker = path.join(folder, 'marker');
    const refusal = refused(beside(call(global('os', 'system'), text(`touch ${marker}`))));
    expect(refusal.code).toBe('PYTORCH_PICKLE_FORBIDDEN');
    expect(refusal.details).toEqual({ global: 'os.system' });
    expect(existsSync(marker)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([
    ['posix', 'system'],
    ['nt', 'system'],
    ['subprocess', 'Popen'],
    ['builtins', 'eval'],
    ['builtins', 'exec'],
    ['builtins', 'getattr'],
    ['builtins', '__import__'],
    ['__builtin__', 'eval'],
    ['collections', 'OrderedDict.fromkeys'],
    ['collections', 'OrderedDict.__init__.__globals__'],
    ['collections', 'namedtuple'],
    ['torch._utils', '_rebuild_tensor_v2.__globals__'],
    ['torch.storage', '_load_from_bytes'],
    ['torch.serialization', 'load'],
    ['torch', 'load'],
    ['torch.hub', 'load'],
    ['torch.jit', 'load'],
    ['torch._utils', '_rebuild_device_tensor_from_numpy'],
    ['numpy.core.multiarray', '_reconstruct'],
    ['_codecs', 'encode'],
    ['copyreg', '_reconstructor'],
    ['runpy', '_run_code'],
    ['functools', 'partial'],
    ['', 'OrderedDict'],
    ['collections ', 'OrderedDict'],
    ['collections OrderedDict', ''],
    ['constructor', 'constructor'],
    ['__proto__', 'toString'],
  ])('%s.%s is refused through GLOBAL and through STACK_GLOBAL', (module, name) => {
    const details = { global: `${module}.${name}` };
    const classic = refused(beside(call(global(module, name), text('x'))));
    expect(classic).toMatchObject({ code: 'PYTORCH_PICKLE_FORBIDDEN', details });
    const stacked = join(text(module), text(name), op('stackGlobal'));
    expect(refused(beside(call(stacked, text('x'))))).toMatchObject({
      code: 'PYTORCH_PICKLE_FORBIDDEN',
      details,
    });
  });

  test('a chain of getattr is refused at its first link', () => {
    const inner = call(global('builtins', 'getattr'), global('torch', 'FloatStorage'), text('x'));
    expect(refused(call(inner, text('y'))).details).toEqual({ global: 'builtins.getattr' });
  });

  test('a name that holds a terminal escape is printed escaped', () => {
    expect(refused(global('os\u001b[2J', 'system')).message).not.toContain('\u001b');
  });

  test("one of PyTorch's layers is a whole model", () => {
    const layer = join(global('torch.nn.modules.linear', 'Linear'), op('emptyTuple'), raw(0x81));
    expect(refused(layer).code).toBe('PYTORCH_WHOLE_MODEL');
  });

  test.each([
    ['NEWOBJ', join(global('collections', 'OrderedDict'), op('emptyTuple'), raw(0x81))],
    ['NEWOBJ_EX', join(global('collections', 'OrderedDict'), raw(0x29, 0x7d, 0x92))],
    ['OBJ', join(op('mark'), global('collections', 'OrderedDict'), raw(0x6f))],
    ['INST', join(op('mark'), raw(0x69), Buffer.from('os\nsystem\n'))],
    ['EXT1', raw(0x82, 1)],
    ['EXT2', raw(0x83, 1, 0)],
    ['EXT4', raw(0x84, 1, 0, 0, 0)],
    ['PERSID', join(raw(0x50), Buffer.from('storage\n'))],
    ['STRING', join(raw(0x53), Buffer.from("'x'\n"))],
    ['INT', join(raw(0x49), Buffer.from('1\n'))],
    ['LONG4', raw(0x8b, 1, 0, 0, 0, 1)],
    ['BINBYTES', raw(0x42, 1, 0, 0, 0, 1)],
    ['BYTEARRAY8', raw(0x96, 1, 0, 0, 0, 0, 0, 0, 0, 1)],
    ['NEXT_BUFFER', raw(0x97)],
    ['POP', raw(0x30)],
    ['a second PROTO', raw(0x80, 2)],
    ['an unknown opcode', raw(0xff)],
  ])('the opcode %s is refused', (_name, part) => {
    expect(refused(part).code).toBe('PYTORCH_PICKLE_OPCODE');
  });
});

describe('a pickle that bends the allowed names', () => {
  test.each([
    ['an OrderedDict with arguments', call(global('collections', 'OrderedDict'), text('x'))],
    ['a call of a text', call(text('os.system'), text('x'))],
    ['a call of a dict', call(orderedDict(), text('x'))],
    [
      'a call with a list for arguments',
      join(global('collections', 'OrderedDict'), op('emptyList'), op('reduce')),
    ],
    ['a storage that is called', call(global('torch', 'FloatStorage'), int(4))],
    [
      'a tensor of a text',
      call(
        global('torch._utils', '_rebuild_tensor_v2'),
        text('0'),
        int(0),
        tuple(),
        tuple(),
        op('false'),
        orderedDict(),
      ),
    ],
    [
      'a tensor of too few arguments',
      call(global('torch._utils', '_rebuild_tensor_v2'), storage({})),
    ],
    [
      'a parameter of a text',
      call(global('torch._utils', '_rebuild_parameter'), text('x'), op('false'), orderedDict()),
    ],
    ['a state for a plain dict', join(op('emptyDict'), op('emptyDict'), op('build'))],
    ['a state for a tensor', join(ones, op('emptyDict'), op('build'))],
    ['a state that is no dict', join(orderedDict(), text('x'), op('build'))],
    ['a persistent id that is a text', join(text('storage'), op('persistentId'))],
    [
      'a persistent id of another kind',
      join(
        tuple(text('module'), global('torch', 'FloatStorage'), text('0'), text('cpu'), int(4)),
        op('persistentId'),
      ),
    ],
    [
      'a persistent id whose class is a text',
      join(
        tuple(text('storage'), text('FloatStorage'), text('0'), text('cpu'), int(4)),
        op('persistentId'),
      ),
    ],
    ['a storage whose key climbs out', storage({ key: '../../version' })],
    ['a storage whose key is empty', storage({ key: '' })],
    ['a dict as a key', join(op('emptyDict'), op('emptyDict'), op('none'), op('setItem'))],
    ['a key without its value', join(op('emptyDict'), op('mark'), text('a'), op('setItems'))],
    ['items of a list', join(op('emptyList'), text('a'), text('b'), op('setItem'))],
    ['an append to a dict', join(op('emptyDict'), text('a'), op('append'))],
    ['a value below the mark', join(op('emptyList'), op('mark'), op('append'))],
    ['an empty stack', op('tuple')],
    ['nothing at all', join()],
    ['two values', join(op('none'), op('none'))],
    ['an open mark', join(op('mark'), op('none'))],
    ['a memo that was not written', get(7)],
    ['a frame of the future', join(raw(0x95), Buffer.alloc(8, 0xff))],
    ['a text that is not UTF-8', raw(0x58, 2, 0, 0, 0, 0xc3, 0x28)],
    ['a text longer than the pickle', raw(0x58, 0xff, 0, 0, 0, 0x61)],
    ['a name that does not end', raw(0x63, 0x61)],
  ])('%s is invalid', (_name, part) => {
    expect(refused(part).code).toBe('PYTORCH_PICKLE_INVALID');
  });

  test.each([
    ['protocol 1', raw(0x80, 1, 0x4e, 0x2e)],
    ['protocol 6', raw(0x80, 6, 0x4e, 0x2e)],
    ['no protocol', raw(0x4e, 0x2e)],
    ['no end', raw(0x80, 2, 0x4e)],
    ['bytes after the end', raw(0x80, 2, 0x4e, 0x2e, 0x2e)],
    ['an empty pickle', raw()],
  ])('%s is invalid', (_name, bytes) => {
    expect(codeOf(archive(bytes))).toBe('PYTORCH_PICKLE_INVALID');
  });
});

test('the reader imports nothing that could run, write or load', () => {
  const folder = path.join(__dirname, '../../../src/checkpoints/formats/pytorch');
  const imported = readdirSync(folder).flatMap((file) =>
    [...readFileSync(path.join(folder, file), 'utf8').matchAll(/from '([^']+)'/g)].map(
      ([, name]) => name,
    ),
  );
  const outside = imported.filter((name) => name?.startsWith('./') === false);
  expect([...new Set(outside)].toSorted()).toEqual([
    '../../../errors',
    '../checkpoint-invalid',
    '../parallel-prefix',
    '../state-dict',
    'node:zlib',
  ]);
});
