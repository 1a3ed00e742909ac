import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIXTURES } from '../../support/models';
import { buildOnnx } from '../../support/onnxBuilder';
import { useTemporaryFolder } from '../../support/temporaryFolder';
import { INSPECT, type InspectJson } from './contract';
import { replens, replensJson, SAMPLE } from './replens';
import { assertShape } from './shape';

function inspect(path: string): InspectJson {
  const report = replensJson(['inspect', path]);
  assertShape(report, INSPECT);
  return report as InspectJson;
}

const fixture = (path: string): string => join(FIXTURES, path);

describe('replens inspect --json', () => {
  it('reports the sample: ids in order, one family, nodes that add up', () => {
    const { format, blocks } = inspect(SAMPLE);
    assert.equal(format, 'onnx');
    assert.deepEqual(
      blocks.map((block) => block.id),
      ['b0', 'b1', 'b2', 'b3', 'b4', 'b5', 'b6', 'b7'],
    );
    for (const block of blocks) {
      assert.equal(block.family, 'RepVGG');
      assert.equal(block.status, 'fusable');
      assert.equal(block.refusal, null);
      assert.equal(block.before.nodes, block.nodes.length);
      assert.equal(block.after.nodes, 1);
      const inBranches = block.branches.flatMap((branch) => branch.nodes);
      assert.ok(inBranches.every((node) => block.nodes.includes(node)));
    }
  });

  it('counts what a hand counts', () => {
    // 12 → 12 channels, 14×14: a 3×3 and a 1×1 convolution with bias, an identity BN of 4 vectors, two additions
    const [block] = inspect(fixture('models/repvgg.legacy.onnx')).blocks;
    assert.ok(block);
    assert.deepEqual(
      block.branches.map((branch) => branch.label),
      ['3×3 conv', '1×1 conv', 'identity + BN'],
    );
    assert.equal(block.input, 'x');
    const positions = 14 * 14 * 12;
    assert.deepEqual(block.before, {
      nodes: 5,
      params: 12 * 12 * 9 + 12 + 12 * 12 + 12 + 4 * 12,
      macs: positions * (12 * 9 + 12 + 1 + 1 + 1),
    });
    assert.deepEqual(block.after, { nodes: 1, params: 12 * 12 * 9 + 12, macs: positions * 12 * 9 });
  });

  it('leaves macs open where the image is of any size', () => {
    const { blocks } = inspect(fixture('models/acnet_anysize.legacy.onnx'));
    assert.deepEqual(
      blocks.map((block) => [block.family, block.before.macs, block.after.macs]),
      [['ACNet', null, null]],
    );
  });

  it('says why a block is refused, and which nodes are at fault', () => {
    const { blocks } = inspect(fixture('refuse/branch_escapes.onnx'));
    assert.equal(blocks.length, 1);
    assert.equal(blocks[0]!.status, 'refused');
    assert.equal(blocks[0]!.refusal?.code, 'extra-consumer');
    assert.match(blocks[0]!.refusal.message, /^[^\n]+\.$/);
    assert.deepEqual(blocks[0]!.refusal.nodes, ['/a/Conv', '/Tanh']);
    assert.deepEqual(blocks[0]!.after, blocks[0]!.before);
  });

  it('lists nothing in a deploy form', () => {
    assert.deepEqual(inspect(fixture('models/repvgg.deploy.onnx')).blocks, []);
  });
});

describe('replens inspect', () => {
  it('prints blocks with their branches, no colour in a pipe', () => {
    const { code, stdout, stderr } = replens(['inspect', SAMPLE]);
    assert.equal(code, 0);
    assert.equal(stderr, '');
    assert.ok(!stdout.includes('\u001b'));
    assert.match(stdout, /● b3 {2}RepVGG {2}stages\.1\.1 {2}5 nodes → 1, parameters −12 %, MACs −11 %\n/);
    assert.match(stdout, / {4}├ 1×1 conv\n {4}├ 3×3 conv\n {4}└ identity \+ BN\n/);
    assert.match(stdout, /8 blocks can be fused, 0 refused\.\n$/);
  });

  it('says of a model without blocks what it is and what was looked for', () => {
    const { code, stdout } = replens(['inspect', fixture('refuse/plain_resnet.onnx')]);
    assert.equal(code, 0);
    assert.match(stdout, /opset \d+/);
    assert.match(stdout, /\ninputs {3}x float32 1×8×14×14\n/);
    assert.match(stdout, /\noutputs {2}\S+ float32 1×8×14×14\n/);
    assert.match(stdout, /\n\d+ nodes, 2 convolutions, [\d.]+ k parameters\n/);
    assert.match(stdout, /No reparam blocks: no parallel linear branches/);
    assert.match(stdout, /operators {2}Conv 2, Relu 2, Add 1\n/);
  });

  it('gives the refusal its own line', () => {
    const { code, stdout } = replens(['inspect', fixture('refuse/branch_escapes.onnx')]);
    assert.equal(code, 0);
    assert.match(stdout, /○ b0 {2}RepVGG .*extra-consumer\n/);
    assert.match(stdout, /is also read by "\/Tanh" \(Tanh\), so "\/a\/Conv" must stay\.\n/);
    assert.match(stdout, /0 blocks can be fused, 1 refused\.\n$/);
  });
});

describe('replens inspect of a hostile model', () => {
  const at = useTemporaryFolder();

  it('prints no control character of its names, and no endless name', () => {
    const name = `x\u001b[2J\u202e${'n'.repeat(50_000)}`;
    const conv = (output: string) => ({
      op: 'Conv',
      name: `\u0007${output}`,
      inputs: [name, 'w'],
      outputs: [output],
    });
    const model = buildOnnx({
      inputs: { [name]: ['float32', [1, 2, 4, 4]] },
      outputs: { y: ['float32', null] },
      initializers: { w: { dims: [2, 2, 1, 1], data: [1, 2, 3, 4] } },
      nodes: [
        conv('a'),
        { op: 'Relu', name: '\u001b]0;title\u0007', inputs: ['a'], outputs: ['r'] },
        conv('b'),
        { op: 'Add', inputs: ['r', 'b'], outputs: ['y'] },
      ],
    });
    writeFileSync(at('bad.onnx'), model);
    const { code, stdout } = replens(['inspect', at('bad.onnx')]);
    assert.equal(code, 0);
    assert.match(stdout, /nonlinear-op/);
    assert.doesNotMatch(stdout.replaceAll('\n', ''), /\p{Cc}|\p{Bidi_Control}/u);
    assert.ok(stdout.length < 20_000);
    assert.equal(inspect(at('bad.onnx')).blocks[0]?.input, name, 'JSON has it as it is');
  });
});
