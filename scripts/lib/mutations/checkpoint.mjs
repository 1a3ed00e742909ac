// Mutations of src/core/checkpoint.
import { breaking as of } from './mutation.mjs';

const measure = 'src/core/checkpoint/blocks/measure.ts';
const find = 'src/core/checkpoint/blocks/findBlocks.ts';
const resolve = 'src/core/checkpoint/blocks/resolveSteps.ts';
const draw = 'src/core/checkpoint/graph/drawBlock.ts';
const assumed = 'src/core/checkpoint/blocks/blockAssumptions.ts';
const safetensors = 'src/core/checkpoint/safetensors/readSafetensors.ts';

/** Each rule of checkpoints, and the edit that breaks it. */
export const checkpointMutations = [
  of('groups follow from channels that are kept', measure, 'known / width', '1'),
  of(
    'a branch may not reach beyond the kernel',
    measure,
    'step.dilation * (tap - 1) < (own[axis] ?? 0)',
    'true',
  ),
  of('an even kernel is refused', measure, 'tap % 2 === 0', 'false'),
  of('BNs have the channels of what they follow', measure, 'this.count(name) === channels', 'true'),
  of('strangers beside a block refuse it', find, 'if (stranger !== undefined)', 'if (stranger === null)'),
  of(
    'a fold needs the blocks beside which it is known',
    find,
    'if (beside !== undefined &&',
    'if (beside === null &&',
  ),
  of('a branch that is found elsewhere is no second one', resolve, '|| this.used.has(name)', ''),
  of('a subtracted branch is subtracted', draw, "minus ? 'Sub' : 'Add'", "'Add'"),
  of('an identity is added to the kernel that says so', draw, 'sums[place] = (sums[place] ?? 0) + 1;', ''),
  of('dilated branches are padded by their reach', draw, 'dilation * half(tap)', 'half(tap)'),
  of('names of the file speak for an eps', assumed, 'hint?.eps ?? own', 'own'),
  of('tensors of safetensors leave no holes', safetensors, 'begin !== at ||', ''),
];
