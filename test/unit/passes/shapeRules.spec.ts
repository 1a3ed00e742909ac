import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluateNode, supportsOp } from '../../../src/core/eval/evaluateNode';
import { shapeRuleOf } from '../../../src/core/passes/shapes/shapeRules';
import { kernelNames } from '../../../src/core/eval/registry';
import type { NdArray } from '../../../src/core/tensor/tensor';
import { attempt } from '../../../src/core/result';
import { decodeBuilt } from '../../support/onnxBuilder';
import { caseModel, factsOf, factsOfBuilt, sizeOf, type NodeCase } from './support';

const CASES = JSON.parse(
  readFileSync(join(__dirname, '../../fixtures/passes/shapes.json'), 'utf8'),
) as NodeCase[];
const OPS = [...new Set(CASES.map((one) => one.op))];

function title(one: NodeCase): string {
  const inputs = one.inputs.map((input) => (input === null ? '–' : `[${input.dims.join()}]`));
  return `${one.op} ${inputs.join(' ')} ${JSON.stringify(one.attrs)}`;
}

describe('shape rules', () => {
  it('cover every operator that the evaluator knows, control flow aside', () => {
    const missing = kernelNames().filter((opType) => {
      const [node] = decodeBuilt({
        outputs: { y: ['float32', null] },
        nodes: [{ op: opType, inputs: [], outputs: ['y'] }],
      }).graph.nodes;
      return opType !== 'Constant' && shapeRuleOf(node!) === null;
    });
    assert.deepEqual(missing, []);
  });

  for (const op of OPS) {
    it(`${op}: dims and types as onnxruntime gives them`, () => {
      for (const one of CASES.filter((each) => each.op === op)) {
        const facts = factsOfBuilt(caseModel(one, (size) => size));
        assert.deepEqual(facts.conflicts, [], title(one));
        one.dims.forEach((dims, place) => {
          const type = facts.types.get(`o${place}`);
          assert.deepEqual(type?.dims, dims, title(one));
          assert.equal(type?.dtype, one.dtypes[place], title(one));
        });
      }
    });
  }

  it('symbolic sizes stand for the sizes that onnxruntime gives', () => {
    let symbolic = 0;
    for (const one of CASES) {
      const symbols: Record<string, number> = {};
      // channels stay numbers: kernels fix them
      const spec = caseModel(one, (size, input, axis) => {
        if (input > 0 || axis === 1 || size < 2) return size;
        symbols[`s${axis}`] = size;
        return `s${axis}`;
      });
      const facts = factsOfBuilt(spec);
      one.dims.forEach((dims, place) => {
        facts.types.get(`o${place}`)?.dims?.forEach((dim, axis) => {
          if (dim === null) return;
          if (typeof dim === 'string') symbolic += 1;
          // symbols are taken as large enough for what a slice cuts off: below 0 means that nothing is left
          assert.equal(Math.max(0, sizeOf(dim, symbols) ?? -1), dims[axis], `${title(one)}: ${dim}`);
        });
      });
    }
    assert.ok(symbolic > 200, `only ${symbolic} sizes came out as symbols`);
  });

  it('agree with the evaluator', () => {
    let compared = 0;
    for (const one of CASES) {
      const model = decodeBuilt(caseModel(one, (size) => size));
      const [node] = model.graph.nodes;
      if (!supportsOp(node!)) continue;
      const inputs = one.inputs.map((input): NdArray | null => {
        if (input === null) return null;
        const count = input.dims.reduce((product, dim) => product * dim, 1);
        const data = Float64Array.from(input.data ?? new Array<number>(count).fill(1));
        return { dtype: input.dtype, dims: input.dims, data };
      });
      const facts = factsOf(model);
      const outputs = attempt(() => evaluateNode(node!, inputs, { opset: one.opset }));
      if (!outputs.ok) {
        assert.equal(outputs.problem.code, 'unsupported', outputs.problem.message);
        continue;
      }
      outputs.value.slice(0, one.dims.length).forEach((array, place) => {
        assert.deepEqual(array.dims, facts.types.get(`o${place}`)?.dims, title(one));
        compared += 1;
      });
    }
    assert.ok(compared > 200, `only ${compared} outputs were compared`);
  });
});
