import type { AnyRecipe } from './arbitraries';
import { buildDynamic } from './dynamic';
import { buildLinear } from './linear';
import { buildNetwork } from './network';
import type { RandomNetwork } from './randomNetwork';

/** The graph of any recipe; null where no run of it is possible. */
export function buildAny(recipe: AnyRecipe): RandomNetwork | null {
  switch (recipe.kind) {
    case 'image':
      return buildNetwork(recipe);
    case 'linear':
      return buildLinear(recipe);
    case 'dynamic':
      return buildDynamic(recipe);
  }
}
