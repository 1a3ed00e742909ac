import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dominatorTree } from '../../../src/core/ir/dominators';
import { indexGraph } from '../../../src/core/ir/graphIndex';
import type { Graph, Node } from '../../../src/core/ir/model';
import { cpuTime } from '../../support/cpuTime';

interface NodePlan {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

function graphOf(inputs: readonly string[], plans: readonly NodePlan[]): Graph {
  const nodes = plans.map(({ inputs: reads, outputs }, place): Node => ({
    name: `n${place}`,
    opType: 'Sum',
    domain: '',
    inputs: reads,
    outputs,
    attributes: new Map(),
    origin: { kind: 'file', ref: null },
  }));
  return {
    name: 'g',
    inputs: inputs.map((name) => ({ name, type: null })),
    outputs: [],
    nodes,
    initializers: new Map(),
    overridable: new Set(),
    valueTypes: new Map(),
  };
}

/** A random DAG of two inputs, constants c0…, and nodes with one or two outputs that read up to three values. */
const randomGraph = fc
  .array(fc.record({ reads: fc.array(fc.nat(1000), { minLength: 1, maxLength: 3 }), twins: fc.boolean() }), {
    minLength: 1,
    maxLength: 24,
  })
  .map((shapes) => {
    const values = ['x', 'y', 'c0', 'c1'];
    const plans = shapes.map(({ reads, twins }, place): NodePlan => {
      const inputs = reads.map((read) => values[read % values.length]!);
      const outputs = twins ? [`v${place}`, `w${place}`] : [`v${place}`];
      values.push(...outputs);
      return { inputs, outputs };
    });
    return { graph: graphOf(['x', 'y'], plans), values };
  });

/** By definition: d dominates v if v can't be reached from the inputs once d is taken out. */
function dominators(graph: Graph, isConstant: (value: string) => boolean, value: string): Set<string> {
  const all = graph.nodes.flatMap((node) => node.outputs).concat('x', 'y');
  return new Set(
    all.filter((removed) => {
      const reached = new Set(['x', 'y'].filter((input) => input !== removed));
      for (const node of graph.nodes) {
        const sources = node.inputs.filter((input) => !isConstant(input));
        // a node without inputs hangs below the root itself
        if (sources.length > 0 && !sources.some((source) => reached.has(source))) continue;
        for (const output of node.outputs) if (output !== removed) reached.add(output);
      }
      return !isConstant(removed) && !reached.has(value);
    }),
  );
}

describe('dominatorTree', () => {
  it('agrees with the definition on random graphs', () => {
    fc.assert(
      fc.property(randomGraph, fc.nat(1000), fc.nat(1000), ({ graph, values }, first, second) => {
        const constants = new Set(['c0', 'c1']);
        for (const node of graph.nodes) {
          if (node.inputs.every((input) => constants.has(input)))
            node.outputs.forEach((output) => constants.add(output));
        }
        const isConstant = (value: string): boolean => constants.has(value);
        const tree = dominatorTree(indexGraph(graph), isConstant);
        const free = values.filter((value) => !isConstant(value));
        for (const value of free) {
          const strict = dominators(graph, isConstant, value);
          strict.delete(value);
          assert.equal(tree.depth(value), strict.size + 1, value);
          const above = [...strict].find((candidate) => tree.depth(candidate) === strict.size);
          assert.equal(tree.idom(value), above ?? null, value);
        }
        const pair = [free[first % free.length]!, free[second % free.length]!];
        const [a, b] = pair.map((value) => dominators(graph, isConstant, value));
        const common = [...a!].filter((value) => b!.has(value)).sort((p, q) => tree.depth(q) - tree.depth(p));
        assert.equal(tree.nearestCommonDominator([...pair, 'c0']), common[0] ?? null);
      }),
      { numRuns: 500, seed: 2 },
    );
  });

  it('finds the fork of a block from its branches', () => {
    const graph = graphOf(
      ['image'],
      [
        { inputs: ['image', 'w0'], outputs: ['x'] },
        { inputs: ['x', 'w1'], outputs: ['a'] },
        { inputs: ['x', 'w2'], outputs: ['b'] },
        { inputs: ['a', 'b', 'x'], outputs: ['sum'] },
      ],
    );
    const tree = dominatorTree(indexGraph(graph), (value) => value.startsWith('w'));
    assert.equal(tree.nearestCommonDominator(['a', 'b', 'x']), 'x');
    assert.equal(tree.nearestCommonDominator(['a', 'sum']), 'x');
    assert.equal(tree.nearestCommonDominator(['a']), 'a');
    assert.equal(tree.nearestCommonDominator(['w1']), null);
    assert.equal(tree.idom('sum'), 'x');
    assert.equal(tree.idom('image'), null);
    assert.equal(tree.depth('w1'), 0);
  });

  it('stays fast where joins reach far up a deep chain', () => {
    const length = 25_000;
    const chain = Array.from({ length }, (_, place): NodePlan => {
      return { inputs: [place === 0 ? 'x' : `v${place - 1}`], outputs: [`v${place}`] };
    });
    const joins = chain.map((_, place): NodePlan => ({
      inputs: [`v${length - 1}`, `v${place}`],
      outputs: [`j${place}`],
    }));
    const index = indexGraph(graphOf(['x'], [...chain, ...joins]));
    const { value: tree, milliseconds } = cpuTime(() => dominatorTree(index, () => false));
    for (let place = 0; place < length; place++) assert.equal(tree.idom(`j${place}`), `v${place}`);
    // some 50 ms with jumps; step by step it would be 300 million steps
    assert.ok(milliseconds < 1500);
  });
});
