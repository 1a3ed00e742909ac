import type { Node } from '../ir/model';
import type { NdArray } from '../tensor/tensor';
import { badInput, unsupported } from './kernel';
import { allOutputs, graphAttribute } from './modelRun';
import { inputsOf, type GraphRun, type Lookup } from './runGraph';
import { ndArray, scalar } from './strided';

/** More iterations than this are taken for an endless loop. */
const MAX_ITERATIONS = 100_000;

/** Runs a Loop: carried values go from one iteration to the next, scan outputs are stacked along a new first axis. */
export function runLoop(node: Node, get: Lookup<NdArray>, run: GraphRun<NdArray>): readonly NdArray[] {
  const [limit = null, condition = null, ...initial] = inputsOf(node, get);
  const body = graphAttribute(node, 'body');
  let carried = initial.map((array) => array ?? badInput(node, 'leaves out a value that it carries'));
  const scans = body.outputs.slice(1 + carried.length).map((): NdArray[] => []);
  const trips = limit?.data[0] ?? Infinity;
  let goOn = condition === null || condition.data[0] !== 0;
  for (let i = 0; goOn && i < trips; i++) {
    if (i >= MAX_ITERATIONS) unsupported(node, `runs more than ${MAX_ITERATIONS} times`);
    const values = [scalar('int64', i), scalar('bool', 1), ...carried];
    const given = new Map(values.map((value, place) => [body.inputs[place]?.name ?? '', value]));
    const results = allOutputs(body, given, get, run);
    goOn = results[0]?.data[0] !== 0;
    carried = results.slice(1, 1 + carried.length);
    scans.forEach((scan, place) => scan.push(results[1 + carried.length + place] as NdArray));
  }
  return [...carried, ...scans.map((scan) => stack(node, scan))];
}

function stack(node: Node, arrays: readonly NdArray[]): NdArray {
  const [first] = arrays;
  if (first === undefined) unsupported(node, 'collects results of no iteration');
  const data = new Float64Array(first.data.length * arrays.length);
  arrays.forEach((array, i) => data.set(array.data, i * first.data.length));
  return ndArray(first.dtype, [arrays.length, ...first.dims], data);
}
