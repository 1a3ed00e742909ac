import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { evaluateGraph } from '../../../src/core/eval/evaluateGraph';
import { readNpy } from '../../../src/core/inputs/npy';
import { readNpz } from '../../../src/core/inputs/npz';
import type { Model } from '../../../src/core/ir/model';
import { decodeModel, fuseModel, openModel } from '../../../src/core/pipeline';
import { unwrap, type Problem } from '../../../src/core/result';
import { globalOf, pickle, PROTO, STOP, textOf, type Part } from '../../support/pickles';
import { detectFixture, FIXTURES, maxDifference, NO_COMPANIONS } from '../../support/models';

/** Scripts that scripts/fixtures/torch_files.py made: nothing in them says a shape. */
const FILES = join(FIXTURES, 'torch', 'files');

/** Scalars and BN's ε are float32 in the lowered graph: 6e-8 relative, on numbers up to 4. */
const LOWERED = 1e-6;
/** Through a dozen calls, each of which may carry the rounding of its scalars on. */
const THROUGH_MANY = 10 * LOWERED;

function decode(bytes: Uint8Array, shapes: ReadonlyMap<string, readonly number[]> = new Map()) {
  return decodeModel(bytes, { fileName: 'x.pt', companions: NO_COMPANIONS, shapes });
}

function problemOf(bytes: Uint8Array, shapes?: ReadonlyMap<string, readonly number[]>): Problem {
  const result = decode(bytes, shapes);
  assert.ok(!result.ok, 'the file was read');
  return result.problem;
}

/** A fixture with other entries: by the end of an entry's name what its content becomes. */
function changed(
  file: string,
  changes: Readonly<Record<string, (content: Uint8Array) => Uint8Array>>,
): Uint8Array {
  const entries: Record<string, Uint8Array> = unzipSync(readFileSync(join(FILES, file)));
  for (const [end, change] of Object.entries(changes)) {
    const name = Object.keys(entries).find((entry) => entry.endsWith(end));
    assert.ok(name !== undefined, `no entry ${end}`);
    entries[name] = change(entries[name]!);
  }
  return zipSync(entries);
}

/** steps.pt with other code in its `forward`. */
function withCode(from: string, to: string): Uint8Array {
  return changed('steps.pt', {
    'code/__torch__.py': (content) => {
      const code = new TextDecoder().decode(content);
      assert.ok(code.includes(from), `no "${from}" in the code`);
      return new TextEncoder().encode(code.replace(from, to));
    },
  });
}

describe('scripted models', () => {
  for (const name of ['scripted.pt', 'frozen.pt']) {
    it(`${name}: one RepVGG block and the network's numbers, at sizes that the file leaves open`, () => {
      const detection = detectFixture(join('torch', 'files', name));
      const { model } = detection.analysis;
      assert.equal(model.format, 'torchscript');
      assert.deepEqual(model.graph.inputs[0]!.type!.dims, ['batch', 3, 'height', 'width']);
      assert.deepEqual(
        detection.blocks.map(({ family, refusal }) => [family, refusal]),
        [['RepVGG', null]],
      );
      const x = readNpy(readFileSync(join(FILES, 'x.npy')), 'x');
      const truth = readNpy(readFileSync(join(FILES, 'y64.npy')), 'y');
      for (const one of [model, unwrap(fuseModel(detection)).model]) {
        const [result] = evaluateGraph(one, new Map([['x', x]])).values();
        assert.ok(maxDifference(result!, truth) <= LOWERED);
      }
    });
  }

  it("an image that is normalized first, and the checks and helpers of PyTorch's library", () => {
    const { model } = detectFixture(join('torch', 'files', 'head.pt')).analysis;
    assert.deepEqual(model.graph.inputs[0]!.type!.dims, ['batch', 3, 'height', 'width']);
    const arrays = new Map(readNpz(readFileSync(join(FILES, 'head.npz')), 'head'));
    const [result] = evaluateGraph(model, new Map([['x', arrays.get('x')!]])).values();
    assert.ok(maxDifference(result!, arrays.get('y')!) <= THROUGH_MANY);
  });

  it("an input is of its first layer's type, of which a script says nothing", () => {
    const halves = changed('scripted.pt', {
      'data.pkl': (content) =>
        Buffer.from(
          Buffer.from(content).toString('latin1').replaceAll('FloatStorage', 'HalfStorage'),
          'latin1',
        ),
    });
    for (const shapes of [new Map(), new Map([['x', [1, 3, 8, 8]]])]) {
      const [input] = unwrap(decode(halves, shapes)).graph.inputs;
      assert.equal(input?.type?.dtype, 'float16');
    }
  });

  it('names nodes by module and call, weights as in the state dict', () => {
    const { nodes, initializers } = detectFixture(join('torch', 'files', 'scripted.pt')).analysis.model.graph;
    assert.ok(nodes.some(({ name, opType }) => /^\/dense\/conv2d/.test(name) && opType === 'Conv'));
    assert.ok(initializers.has('dense_bn.running_mean'));
  });

  it('a call without a lowering is an opaque node; the block beside it is found', () => {
    const detection = detectFixture(join('torch', 'files', 'opaque.torchscript.pt'));
    const opaque = detection.analysis.model.graph.nodes.filter(({ domain }) => domain !== '');
    assert.deepEqual(
      opaque.map(({ domain, opType }) => `${domain}.${opType}`),
      ['aten.grid_sampler'],
    );
    assert.deepEqual(
      detection.blocks.map(({ family, refusal }) => [family, refusal]),
      [['RepVGG', null]],
    );
  });
});

describe('the code of a script', () => {
  const bytes = readFileSync(join(FILES, 'steps.pt'));
  const arrays = new Map(readNpz(readFileSync(join(FILES, 'steps.npz')), 'steps'));

  function agrees(model: Model): void {
    const feeds = new Map(['x', 'y'].map((name) => [name, arrays.get(name)!]));
    const results = [...evaluateGraph(model, feeds).values()];
    assert.equal(results.length, 3);
    results.forEach((result, place) => {
      assert.ok(maxDifference(result, arrays.get(['a', 'b', 'c'][place]!)!) <= THROUGH_MANY);
    });
  }

  it('is followed: loops, branches, lists, sizes, writes into a part, results within results', () => {
    const y = new Map([['y', [3, 7]]]);
    agrees(unwrap(decode(bytes, y)));
    agrees(unwrap(decode(bytes, new Map([...y, ['x', [2, 4, 5, 6]]]))));
  });

  it('takes given shapes for the inputs', () => {
    const shapes = new Map([
      ['x', [1, 4, 9, 9]],
      ['y', [1, 2]],
    ]);
    const { graph } = unwrap(decode(bytes, shapes));
    assert.deepEqual(
      graph.inputs.map(({ type }) => type!.dims),
      [...shapes.values()],
    );
  });

  it('refuses a shape for no input, one that fits no weight, and one for a file that says its own', () => {
    const stranger = problemOf(bytes, new Map([['z', [1]]]));
    assert.deepEqual(
      [stranger.code, stranger.message],
      ['usage', 'x.pt: The model has no input "z" to give a shape to; it has x, y.'],
    );
    const wrong = problemOf(bytes, new Map([['x', [1, 5, 9, 9]]]));
    assert.equal(wrong.code, 'usage');
    assert.match(
      wrong.message,
      /^x\.pt: code\/__torch__\/\S+\.py:\d+:\d+: .*--shape; Set Input Shapes in VS Code\)\.$/,
    );
    const own = openModel({
      ...{ fileName: 'new.pt2', bytes: readFileSync(join(FILES, 'new.pt2')) },
      ...{ companions: NO_COMPANIONS, shapes: new Map([['x', [1]]]) },
    });
    assert.ok(!own.ok);
    assert.match(own.problem.message, /shapes are for TorchScript/);
  });

  const REFUSED: readonly (readonly [string, string, string, RegExp])[] = [
    [
      'a loop whose end depends on elements',
      'for i in range(depth):',
      'while torch.gt(torch.sum(x), 0):',
      /how often this loop runs depends on a tensor/,
    ],
    [
      'a loop over sizes that are open',
      'range(depth)',
      'range(torch.size(x, 0))',
      /loop over anything but a known number/,
    ],
    [
      'a branch on elements',
      'if torch.gt(depth0, 2):',
      'if bool(torch.sum(x)):',
      /a number is read here out of a tensor's elements/,
    ],
    [
      'a branch on an open size',
      'if torch.gt(depth0, 2):',
      'if torch.gt(torch.size(x, 0), 2):',
      /depends on sizes .*--shape/,
    ],
    [
      'a write to an attribute of a tensor',
      'depth0 = self.depth',
      'x.depth = 3',
      /a write to "depth" of a tensor is not read here/,
    ],
    [
      'a name without a value',
      'torch.cat(_0, 1)',
      'torch.cat(_99, 1)',
      /"_99" is read before anything gives it a value/,
    ],
    ['a lambda', 'torch.cat(_0, 1)', 'lambda: 1', /"lambda" is not read here/],
    ['an operator sign', 'torch.cat(_0, 1)', 'x * 2', /"\*" is not read here/],
    ['an import', 'depth0 = self.depth', 'import os', /"import" is not read here/],
    ['a call of Python', 'torch.cat(_0, 1)', 'os.system("true")', /"os" is read before/],
    ['eval', 'torch.cat(_0, 1)', 'eval("1")', /"eval" is read before/],
    ['an attribute that is not there', 'self.same', 'self.other', /has no "other"/],
    ['arguments of another kind', 'torch.cat(_0, 1)', 'torch.relu("x")', /not read here/],
    [
      'an error of its own',
      'depth0 = self.depth',
      'ops.prim.RaiseException("no")',
      /stops here with an error of its own \("no"\)/,
    ],
    ['a constant that is not there', 'torch.cat(_0, 1)', 'CONSTANTS.c99', /no constant "c99"/],
    ['a function that calls itself', 'torch.cat(_0, 1)', '(self).forward(x, y, )', /without end/],
  ];
  for (const [title, from, to, sentence] of REFUSED) {
    it(`refuses ${title} by file, line and column`, () => {
      const { message } = problemOf(withCode(from, to));
      assert.match(message, /^x\.pt: code\/__torch__(\/[\w./]+)?\.py:\d+:\d+: [^\n]*\.$/);
      assert.match(message, sentence);
    });
  }

  it('names the very place', () => {
    const { message } = problemOf(withCode('z = torch.cat(_0, 1)', 'z = lambda: 1'));
    const code = new TextDecoder().decode(unzipSync(bytes)['archive/code/__torch__.py']);
    const line = code.slice(0, code.indexOf('z = torch.cat(_0, 1)')).split('\n').length;
    assert.ok(message.startsWith(`x.pt: code/__torch__.py:${line}:9: `), message);
  });

  it('survives code that is nested without end, huge loops and other text', () => {
    const nested = `z = ${'('.repeat(5000)}x${')'.repeat(5000)}`;
    assert.match(problemOf(withCode('z = torch.cat(_0, 1)', nested)).message, /nested too deep/);
    const minus = `z = ${'-'.repeat(100_000)}1`;
    assert.match(problemOf(withCode('z = torch.cat(_0, 1)', minus)).message, /nested too deep/);
    assert.match(
      problemOf(withCode('range(depth)', 'range(999999999)')).message,
      /:\d+:\d+: The script makes more calls than any model/,
    );
    // lists that double, next to each other and within each other
    for (const list of ['_0 = torch.add(_0, _0)', '_0 = [_0, _0]']) {
      const doubled = withCode(
        'z = torch.cat(_0, 1)',
        `for i in range(60):\n      ${list}\n    z = torch.eq(_0, _0)`,
      );
      assert.match(problemOf(doubled).message, /:\d+:\d+: /);
    }
    const noText = changed('steps.pt', { 'code/__torch__.py': () => Uint8Array.of(0xff, 0xfe) });
    assert.match(problemOf(noText).message, /is no text/);
  });
});

describe('the pickles of a script', () => {
  const withModule = (...parts: readonly Part[]): Problem =>
    problemOf(changed('steps.pt', { 'data.pkl': () => pickle(PROTO, ...parts, STOP) }));

  it('run nothing: any global but modules, tensors and their lists is refused by its name', () => {
    for (const [module, name] of [
      ['os', 'system'],
      ['builtins', 'eval'],
      ['subprocess', 'Popen'],
      ['torch._utils', '_import_dotted_name'],
      ['__torch__os', 'system'],
    ] as const) {
      const { code, message } = withModule(globalOf(module, name), '(', textOf('true'), 'tR');
      assert.equal(code, 'unsupported');
      assert.ok(message.includes(`"${module}.${name}"`), message);
    }
  });

  it('objects are only of the classes of the code', () => {
    assert.match(withModule(globalOf('torch', 'Tensor'), ')', [0x81]).message, /makes a "torch\.Tensor"/);
    const stranger = withModule(globalOf('__torch__', 'Stranger'), ')', [0x81], '}b');
    assert.match(stranger.message, /"__torch__\.Stranger" has no method "forward"/);
  });

  it('a module that holds itself ends', () => {
    // {self: same: itself}
    const own = withModule(
      globalOf('__torch__', 'Steps'),
      ')',
      [0x81],
      [0x71, 0],
      '}',
      textOf('same'),
      [0x68, 0],
      'sb',
    );
    assert.match(own.message, /has no "convs"/);
  });
});
