import assert from 'node:assert/strict';
import { SAY_ELSEWHERE, SAY_IDENTITY } from '../../../src/core/checkpoint/assumptions';
import { GIVE_SHAPES } from '../../../src/core/torchscript/giveShapes';
import { onScreen } from '../../../src/core/view/onScreen';

describe('a sentence of core in a window', () => {
  for (const [sentence, shown] of [
    [`It stops; ${GIVE_SHAPES}.`, 'It stops; give the shapes of the inputs (Set Input Shapes).'],
    [`The file holds neither; ${SAY_IDENTITY}.`, 'The file holds neither; say which: “Change Assumptions…”.'],
    [
      `Give their BN eps (1e-3 of YOLOv6): --bn-eps, or ${SAY_ELSEWHERE}.`,
      'Give their BN eps (1e-3 of YOLOv6): “Change Assumptions…”.',
    ],
    ['Node "a--b" (Conv); see c.', 'Node "a--b" (Conv); see c.'],
  ] as const)
    it(`names VS Code's way alone: ${shown}`, () => {
      assert.equal(onScreen(sentence), shown);
    });
});
