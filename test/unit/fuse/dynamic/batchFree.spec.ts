import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { detect } from '../../../../src/core/detect/detect';
import type { Model } from '../../../../src/core/ir/model';
import { fuseModel } from '../../../../src/core/pipeline';
import { roundingBound } from '../../../../src/core/eval/rounding';
import { unwrap } from '../../../../src/core/result';
import type { NdArray } from '../../../../src/core/tensor/tensor';
import { fuseFile } from '../../../../src/worker/jobs/fuseFile';
import { openFile } from '../../../../src/worker/jobs/openFile';
import { decodeBuilt } from '../../../support/onnxBuilder';
import { detectBytes, FIXTURES, runWasm } from '../../../support/models';
import { useTemporaryFolder } from '../../../support/temporaryFolder';
import { fixture, FLOAT32, fused, fusedBytes, inputOf, opCount, output, wave } from './support';

/** Exports that hold their batch, and that batch. */
const HELD: Readonly<Record<string, number>> = {
  'seed_dynamic_conv.legacy': 2,
  'seed_dynamic_conv.preserve': 2,
  'seed_dynamic_conv.dynamo': 2,
  'kernel_grouped.legacy': 3,
  'kernel_grouped.dynamo': 3,
  'kernel_nobias.dynamo': 2,
  'kernel_batch1.dynamo': 1,
  'kernel_plain.dynamo': 2,
  'beside_softmax.legacy': 2,
  'beside_sigmoid.dynamo': 2,
  'cond.legacy': 2,
  'cond.dynamo': 2,
  'mulsum.dynamo': 2,
  'einsum.dynamo': 2,
  'hyper.dynamo': 2,
  'oned.dynamo': 2,
  'feature_static.legacy': 2,
  'net.legacy': 2,
  'net.dynamo': 2,
  'const_zero.dynamo': 2,
};

for (const [name, batch] of Object.entries(HELD)) {
  describe(`freeing ${name} of its batch of ${batch}`, () => {
    const original = fixture(`${name}.onnx`);
    const bytes = fusedBytes(original, true);
    const freed = detectBytes(bytes);

    it('opens the batch of the inputs and outputs', () => {
      const { graph } = freed.analysis.model;
      for (const { type } of [...graph.inputs, ...graph.outputs])
        assert.equal(typeof type?.dims?.[0], 'string');
      assert.equal(opCount(freed.analysis.model, 'BatchNormalization'), 0);
    });

    it('gives what the original gives at its own batch', () => {
      const x = inputOf(original);
      const was = run(original.analysis.model, x);
      assertClose(run(freed.analysis.model, x), was);
    });

    for (const samples of [1, 3, 5]) {
      it(`gives for ${samples} what the original gives for each, in float64 and on wasm`, async () => {
        const x = withBatch(inputOf(original), samples);
        const loop = oneByOne(original.analysis.model, x, batch);
        assertClose(run(freed.analysis.model, x), loop);
        const onWasm = (await runWasm(bytes, { x })).get('y') as NdArray;
        const worst = difference(onWasm, loop);
        // 1000 roundings of the largest value: a sample has a few hundred products a layer
        assert.ok(worst <= roundingBound(1000, FLOAT32) * largest(loop), `${worst}`);
      });
    }
  });
}

it('works at any size of image where the file leaves it open, and for any batch it already did', () => {
  const original = fixture('feature_size.legacy.onnx');
  const freed = fused(original, true);
  for (const [n, h, w] of [
    [1, 10, 12],
    [3, 7, 5],
  ]) {
    const x = wave([n as number, 8, h as number, w as number]);
    assertClose(run(freed.analysis.model, x), run(original.analysis.model, x));
  }
});

it('frees a file that says its batch is open though its groups hold it', () => {
  const { model } = fixture('kernel_grouped.dynamo.onnx').analysis;
  const open = <T extends Model['graph']['inputs'][number]>(value: T): T => ({
    ...value,
    type: value.type && { ...value.type, dims: ['N', ...(value.type.dims?.slice(1) ?? [])] },
  });
  const { graph } = model;
  const said: Model = {
    ...model,
    graph: {
      ...graph,
      inputs: graph.inputs.map(open),
      outputs: graph.outputs.map(open),
      valueTypes: new Map(),
    },
  };
  const detection = detect(said);
  assert.equal(detection.blocks[0]?.dynamic?.description.batch, 3);
  const freed = unwrap(fuseModel(detection, undefined, { batchFree: true })).model;
  const x = wave([5, 8, 10, 12]);
  assertClose(run(freed, x), oneByOne(model, x, 3));
});

describe('--batch-free', () => {
  const inFolder = useTemporaryFolder();

  it('writes the freed file', async () => {
    const source = inFolder('net.onnx');
    copyFileSync(join(FIXTURES, 'dynamic', 'net.dynamo.onnx'), source);
    const file = unwrap(openFile(source));
    const report = unwrap(await fuseFile(file, { batchFree: true }));
    file.close();
    assert.deepEqual(report.fused, ['b0', 'b1']);
    const written = detectBytes(readFileSync(report.output ?? ''));
    assert.deepEqual(written.analysis.model.graph.inputs[0]?.type?.dims?.slice(1), [3, 20, 24]);
    assert.equal(typeof written.analysis.model.graph.inputs[0]?.type?.dims?.[0], 'string');
  });

  it('frees a block that is refused otherwise, since nothing is left to fold', () => {
    const original = fixture('kernel_plain.dynamo.onnx');
    assert.equal(original.blocks[0]?.status, 'refused');
    const { plan } = unwrap(fuseModel(original, undefined, { batchFree: true }));
    assert.deepEqual(
      plan.steps.map(({ id }) => id),
      ['b0'],
    );
  });

  it('says so when there is no dynamic convolution', () => {
    const plain = detect(
      decodeBuilt({
        inputs: { x: ['float32', [2, 4, 8, 8]] },
        outputs: { y: ['float32', null] },
        nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
      }),
    );
    const result = fuseModel(plain, undefined, { batchFree: true });
    assert.equal(result.ok, false);
    if (!result.ok) assert.match(result.problem.message, /no dynamic convolution/);
  });

  it('does not leave one block that holds the batch behind', () => {
    const result = fuseModel(fixture('net.dynamo.onnx'), new Set(['b1']), { batchFree: true });
    assert.equal(result.ok, false);
    if (!result.ok) assert.match(result.problem.message, /Block b0 holds the batch as well/);
  });

  it('names what still needs the old batch', () => {
    const { analysis, blocks } = fixture('kernel_plain.dynamo.onnx');
    const { graph } = analysis.model;
    // a second output that counts on two samples: [2, 6, 10, 12] seen as [40, 36]
    const bytes = new Uint8Array(BigInt64Array.of(40n, 36n).buffer);
    const rows = { dtype: 'int64', dims: [2], bytes: () => bytes } as const;
    const counted: Model = {
      ...analysis.model,
      graph: {
        ...graph,
        nodes: [
          ...graph.nodes,
          {
            name: 'counting',
            opType: 'Reshape',
            domain: '',
            inputs: ['y', 'rows'],
            outputs: ['z'],
            attributes: new Map(),
            origin: { kind: 'new', provenance: {} },
          },
        ],
        initializers: new Map([...graph.initializers, ['rows', rows]]),
        outputs: [...graph.outputs, { name: 'z', type: { dtype: 'float32', dims: [40, 36] } }],
      },
    };
    assert.equal(blocks.length, 1);
    const result = fuseModel(detect(counted), undefined, { batchFree: true });
    assert.equal(result.ok, false);
    if (!result.ok) assert.match(result.problem.message, /"counting"/);
  });
});

function run(model: Model, x: NdArray): NdArray {
  return output(model, new Map([[model.graph.inputs[0]?.name ?? '', x]]));
}

/** The original at its own batch, each sample by itself. */
function oneByOne(model: Model, x: NdArray, batch: number): NdArray {
  const [samples = 0, ...rest] = x.dims;
  const each = x.data.length / samples;
  const results: NdArray[] = [];
  for (let n = 0; n < samples; n++) {
    const data = new Float64Array(each * batch);
    for (let copy = 0; copy < batch; copy++) data.set(x.data.slice(n * each, (n + 1) * each), copy * each);
    results.push(run(model, { ...x, dims: [batch, ...rest], data }));
  }
  const dims = [samples, ...(results[0]?.dims.slice(1) ?? [])];
  return { dtype: 'float32', dims, data: Float64Array.from(results.flatMap(firstSample)) };
}

function firstSample({ dims, data }: NdArray): number[] {
  return [...data.slice(0, data.length / (dims[0] ?? 1))];
}

function withBatch(x: NdArray, samples: number): NdArray {
  return wave([samples, ...x.dims.slice(1)], 2);
}

/** Float64 against float64: one rounding of each folded weight, through a network whose values don't shrink: 64 × 2⁻²⁴. */
function assertClose(is: NdArray, was: NdArray): void {
  const worst = difference(is, was);
  assert.ok(worst <= roundingBound(64, FLOAT32) * largest(was), `${worst}`);
}

function difference(a: NdArray, b: NdArray): number {
  assert.deepEqual(a.dims, b.dims);
  return a.data.reduce((worst, value, at) => Math.max(worst, Math.abs(value - (b.data[at] as number))), 0);
}

function largest({ data }: NdArray): number {
  return data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
