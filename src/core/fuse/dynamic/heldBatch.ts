import type { Block } from '../../detect/block';
import type { Detection } from '../../detect/detect';
import { raise } from '../../result';

/**
 * The batch that a model's dynamic convolutions hold, to be freed; null where they hold none.
 * @throws ProblemError `usage` for a model without a dynamic convolution and where `only` leaves out one that holds the
 *   batch; `unsupported` for one that can't be freed or for batches that differ.
 */
export function heldBatch({ analysis, blocks }: Detection, only?: ReadonlySet<string>): number | null {
  const dynamic = blocks.filter((block) => block.dynamic !== undefined);
  if (dynamic.length === 0)
    raise(
      'usage',
      'The model has no dynamic convolution, so --batch-free has nothing to free; leave it out.',
    );
  const batches = new Set<number>();
  for (const block of dynamic) {
    const batch = bakedBatch(block);
    const known = analysis.facts.types.get(block.region.source)?.dims?.[0];
    if (batch !== null) checkFree(block, only);
    if (batch !== null || typeof known === 'number') batches.add(batch ?? (known as number));
  }
  if (batches.size > 1)
    raise('unsupported', `The dynamic convolutions hold different batches (${[...batches].join(', ')}).`);
  return [...batches][0] ?? null;
}

function bakedBatch({ dynamic }: Block): number | null {
  return dynamic?.description.batch ?? null;
}

function checkFree(block: Block, only: ReadonlySet<string> | undefined): void {
  if (only !== undefined && !only.has(block.id))
    raise(
      'usage',
      `Block ${block.id} holds the batch as well; name it in --only too, or leave --batch-free out.`,
    );
  const isStatic = block.status === 'fusable' && block.dynamic?.better === null;
  if (block.dynamic?.batchFree !== null || isStatic) return;
  raise(
    'unsupported',
    `Block ${block.id} can't be freed of its batch, since a value inside it is read elsewhere too.`,
  );
}
