import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import type { Detection } from '../../../src/core/detect/detect';
import type { Model } from '../../../src/core/ir/model';
import { outputFormats } from '../../../src/core/outputFormat';
import { encodeModel, fuseModel } from '../../../src/core/pipeline';
import { unwrap, type Problem } from '../../../src/core/result';
import { call, exportedProgram, tensor } from '../../support/exportedPrograms';
import { detectBytes, detectFixture, FIXTURES } from '../../support/models';

const TORCH = join(FIXTURES, 'torch');
/** Archives that hold their tensors in one file of torch.save. */
const OLD = [join('files', 'old.pt2'), join('files', 'pickled.pt2')];
const open = (name: string): Detection => detectFixture(join('torch', name));

function problemOf(model: Model): Problem {
  const result = encodeModel(model, undefined, 'pt2');
  assert.ok(!result.ok, 'it was written');
  return result.problem;
}

describe('what can not be written as .pt2', () => {
  const model = (name: string): Model => open(name).analysis.model;

  it('formats say so before: the own one first', () => {
    assert.deepEqual(outputFormats(model('repvgg.pt2')), ['pt2', 'onnx']);
    for (const name of OLD) assert.deepEqual(outputFormats(model(name)), ['pt2', 'onnx']);
    assert.deepEqual(outputFormats(model('repvgg.torchscript.pt')), ['onnx']);
  });

  it('models of another format, and programs before 2.6', () => {
    assert.match(
      problemOf(model('repvgg.torchscript.pt')).message,
      /Only a model that was read from a \.pt2/,
    );
    const entries = unzipSync(readFileSync(join(TORCH, 'files', 'new.pt2')));
    const name = Object.keys(entries).find((one) => one.includes('models/'))!;
    const program = new TextDecoder().decode(entries[name]);
    const older = program.replace('"schema_version": {"major": 8', '"schema_version": {"major": 7');
    assert.notEqual(older, program);
    const bytes = zipSync({ ...entries, [name]: new TextEncoder().encode(older) });
    const before = detectBytes(bytes, 'before.pt2').analysis.model;
    assert.match(problemOf(before).message, /before 2\.6.*\.onnx/);
    assert.deepEqual(outputFormats(before), ['onnx']);
  });

  it('a batch that was left open afterwards', () => {
    const detection = open('seed_dynamic_conv.pt2');
    const { model: free } = unwrap(fuseModel(detection, undefined, { batchFree: true }));
    assert.match(problemOf(free).message, /keeps the shapes of its inputs/);
  });

  it('a graph with an operator that no call stands for, named', () => {
    const detection = open('repvgg.pt2');
    const { model: fused } = unwrap(fuseModel(detection));
    const nodes = fused.graph.nodes.map((node) =>
      node.origin.kind === 'new' ? { ...node, opType: 'Einsum' } : node,
    );
    const { code, message } = problemOf({ ...fused, graph: { ...fused.graph, nodes } });
    assert.equal(code, 'unsupported');
    assert.match(message, /Einsum.*\.onnx\.$/);
  });

  it('a graph that reads a value where the program has overwritten it', () => {
    const detection = open(join('programs', 'overwritten.pt2'));
    const { model: whole } = detection.analysis;
    const index = whole.graph.nodes.findIndex(({ opType }) => opType === 'Abs');
    assert.ok(index >= 0);
    const [abs] = whole.graph.nodes[index]!.outputs;
    const last = whole.graph.nodes.at(-1)!;
    const origin = { kind: 'new', provenance: {} } as const;
    // the sum at the end reads what was there before the product wrote over it
    const nodes = [
      ...whole.graph.nodes.slice(0, -1),
      { ...last, inputs: [last.inputs[0]!, abs!], name: 'changed', origin },
    ];
    const { message } = problemOf({ ...whole, graph: { ...whole.graph, nodes } });
    assert.match(message, /has no name of its own where it is read; write it as \.onnx\.$/);
  });

  it('a graph that reads what a view showed before its memory was written over', () => {
    const self = tensor('scaled');
    const one = { as_int: 1 };
    const bytes = exportedProgram({
      nodes: [
        call('mul.Tensor', { self: tensor('x'), other: { as_int: 2 } }, 'scaled'),
        call('t.default', { self }, 'view'),
        call('abs.default', { self: tensor('view') }, 'size'),
        call('add_.Tensor', { self, other: one }, 'after'),
        call('add.Tensor', { self: tensor('size'), other: tensor('after') }, 'sum'),
      ],
      types: Object.fromEntries(
        ['x', 'scaled', 'view', 'size', 'after', 'sum'].map((name) => [name, [2, 2]]),
      ),
      outputs: ['sum', 'after'],
    });
    const whole = detectBytes(bytes, 'view.pt2').analysis.model;
    const view = whole.graph.nodes.find(({ opType }) => opType === 'Transpose')!;
    const last = whole.graph.nodes.at(-1)!;
    assert.equal(last.opType, 'Add');
    const origin = { kind: 'new', provenance: {} } as const;
    const changed = { ...last, inputs: [last.inputs[0]!, view.outputs[0]!], name: 'changed', origin };
    const nodes = [...whole.graph.nodes.slice(0, -1), changed];
    const { message } = problemOf({ ...whole, graph: { ...whole.graph, nodes } });
    assert.match(message, /has no name of its own where it is read; write it as \.onnx\.$/);
  });
});
