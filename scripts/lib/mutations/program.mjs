// Mutations of src/core/torch/write, the writer of exported programs.
import { breaking as of } from './mutation.mjs';

const folder = 'src/core/torch/write';
const convolutions = `${folder}/convolutionCalls.ts`;
const same = `${folder}/sameNode.ts`;
const needed = `${folder}/needed.ts`;
const program = `${folder}/writtenProgram.ts`;
const replay = `${folder}/replay.ts`;

/** Each rule of the writer, and the edit that breaks it. */
export const programMutations = [
  of(
    'program: a convolution says its pads',
    convolutions,
    "['padding', ints(both)] as const,\n        ['dilation'",
    "['padding', ints(no)] as const,\n        ['dilation'",
  ),
  of(
    'program: a transposed convolution says that it is one',
    convolutions,
    'flag(isTransposed)',
    'flag(false)',
  ),
  of('program: a node of other inputs is another node', same, 'sameList(a.inputs, b.inputs) && ', ''),
  of(
    'program: a call whose nodes have gone goes',
    needed,
    "if (fates[place] === 'gone') return 'leave';",
    "if (fates[place] === 'gone') return 'try';",
  ),
  of(
    'program: counters leave with the module that they counted for',
    program,
    'left.has(moduleOf(name)) && !lives.has(moduleOf(name))',
    'false',
  ),
  of(
    'program: what was overwritten is no longer read',
    replay,
    'storage.spoiled === null && (view === null || version === storage.version)',
    'true',
  ),
  of(
    'program: weights that nobody reads leave',
    program,
    '=> before.has(name) && !now.has(name)',
    '=> false',
  ),
];
