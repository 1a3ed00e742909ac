import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { evaluateGraph } from '../../../src/core/eval/evaluateGraph';
import { readNpy } from '../../../src/core/inputs/npy';
import { decodeModel, fuseModel } from '../../../src/core/pipeline';
import { unwrap, type Problem } from '../../../src/core/result';
import { detectFixture, FIXTURES, maxDifference, NO_COMPANIONS } from '../../support/models';

/** Files that scripts/fixtures/torch_files.py made: the same network in every layout of PyTorch's archives. */
const FILES = join(FIXTURES, 'torch', 'files');
const LAYOUTS = ['new', 'old', 'pickled', 'strided', 'deflated', 'anysize'];

/** Scalars and BN's ε are float32 in the lowered graph: 6e-8 relative, on numbers up to 4. */
const LOWERED = 1e-6;

function array(name: string) {
  return readNpy(readFileSync(join(FILES, name)), name);
}

function problemOf(name: string): Problem {
  const result = decodeModel(readFileSync(join(FILES, name)), { fileName: name, companions: NO_COMPANIONS });
  assert.ok(!result.ok);
  return result.problem;
}

describe("archives of PyTorch's versions", () => {
  for (const name of LAYOUTS) {
    it(`${name}.pt2: one RepVGG block, tied weights and a buffer that is not persistent, the network's numbers`, () => {
      const detection = detectFixture(join('torch', 'files', `${name}.pt2`));
      assert.deepEqual(
        detection.blocks.map(({ family, refusal }) => [family, refusal]),
        [['RepVGG', null]],
      );
      for (const model of [detection.analysis.model, unwrap(fuseModel(detection)).model]) {
        const [result] = evaluateGraph(model, new Map([['x', array('x.npy')]])).values();
        assert.ok(maxDifference(result!, array('y64.npy')) <= LOWERED);
      }
    });
  }

  it('open sizes are symbols of the input', () => {
    const { graph } = detectFixture(join('torch', 'files', 'anysize.pt2')).analysis.model;
    const dims = graph.inputs[0]!.type!.dims!;
    assert.deepEqual(
      dims.map((dim) => typeof dim),
      ['string', 'number', 'string', 'string'],
    );
    assert.equal(new Set(dims).size, 4);
  });

  it('nodes are named by module and call, weights as in the state dict', () => {
    const { nodes, initializers } = detectFixture(join('torch', 'files', 'new.pt2')).analysis.model.graph;
    assert.ok(nodes.some(({ name, opType }) => name === '/dense/conv2d_1' && opType === 'Conv'));
    assert.ok(initializers.has('dense_bn.running_mean'));
  });

  it('a call without a lowering is an opaque node; the block beside it is found and fused', () => {
    const detection = detectFixture(join('torch', 'files', 'opaque.pt2'));
    const opaque = (nodes: readonly { readonly domain: string; readonly opType: string }[]): unknown =>
      nodes.filter(({ domain }) => domain !== '').map(({ domain, opType }) => `${domain}.${opType}`);
    const fused = unwrap(fuseModel(detection)).model;
    assert.deepEqual(opaque(detection.analysis.model.graph.nodes), ['aten.grid_sampler']);
    assert.deepEqual(opaque(fused.graph.nodes), ['aten.grid_sampler']);
    assert.deepEqual(
      detection.blocks.map(({ family, refusal }) => [family, refusal]),
      [['RepVGG', null]],
    );
    assert.equal(fused.opsets.get('aten'), 1);
  });
});

describe('a damaged program', () => {
  /** new.pt2 with another graph. */
  function changed(change: (json: string) => string): Problem {
    const entries = unzipSync(readFileSync(join(FILES, 'new.pt2')));
    const name = Object.keys(entries).find((entry) => entry.endsWith('models/model.json'))!;
    entries[name] = new TextEncoder().encode(change(new TextDecoder().decode(entries[name])));
    const result = decodeModel(zipSync(entries), { fileName: 'x.pt2', companions: NO_COMPANIONS });
    assert.ok(!result.ok);
    return result.problem;
  }

  it('is refused: a value that nothing makes, another schema, brackets without end', () => {
    const early = changed((json) =>
      json.replace('"as_tensor": {"name": "conv2d_1"}', '"as_tensor": {"name": "mul"}'),
    );
    assert.equal(early.code, 'bad-input');
    const schema = changed((json) => json.replace('"major": 8', '"major": 99'));
    assert.match(schema.message, /its schema version is 99, and 8 is known/);
    assert.match(changed(() => '['.repeat(3_000_000)).message, /is no JSON/);
  });
});

describe('what PyTorch writes that is no exported program', () => {
  const EXPECTED: readonly (readonly [string, string, RegExp])[] = [
    [
      'module.pt',
      'unsupported',
      /a whole pickled module.*torch\.nn\.modules\.container\.Sequential.*torch\.export\.save/,
    ],
    [
      'before16.pt',
      'bad-input',
      /a checkpoint in the form of PyTorch before 1\.6; load it with torch\.load and save it again/,
    ],
  ];
  for (const [name, code, sentence] of EXPECTED) {
    it(`${name}: says what it is and what to do`, () => {
      const problem = problemOf(name);
      assert.equal(problem.code, code);
      assert.match(problem.message, sentence);
    });
  }
});
