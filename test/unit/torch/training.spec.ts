import assert from 'node:assert/strict';
import { lowerProgram } from '../../../src/core/torch/lower/lowerProgram';
import type { Argument, AtenProgram } from '../../../src/core/torch/program/atenGraph';

describe('a BN in training mode', () => {
  it('has the outputs that ONNX wants of it: runtimes refuse it with one', () => {
    const args = new Map<string, Argument>([
      ['input', { kind: 'tensor', name: 'x' }],
      ['training', { kind: 'bool', value: true }],
    ]);
    const type = { dtype: 'float32', dims: [2, 3, 4, 4] } as const;
    const program: AtenProgram = {
      graph: {
        ...{ inputs: ['x'], outputs: [{ kind: 'tensor', name: 'y' }] },
        nodes: [
          {
            ...{ name: 'y', target: 'aten.batch_norm', overload: 'default', module: '', args },
            outputs: [{ kind: 'tensor', name: 'y' }],
          },
        ],
        types: new Map([
          ['x', type],
          ['y', type],
        ]),
      },
      ...{ userInputs: ['x'], userOutputs: ['y'], held: new Map(), producer: 'test', schema: 8 },
    };
    const [node] = lowerProgram(program).graph.nodes;
    assert.equal(node?.opType, 'BatchNormalization');
    assert.equal(new Set(node.outputs.filter((output) => output !== '')).size, 3);
  });
});
