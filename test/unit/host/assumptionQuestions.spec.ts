import assert from 'node:assert/strict';
import { modelView } from '../../../src/core/view/modelView';
import {
  epsText,
  parseEps,
  questionsOf,
  withIdentity,
  withoutLabel,
} from '../../../src/host/assumptionQuestions';
import { openCheckpoint } from '../../support/checkpoints';

const questions = (name: string) => questionsOf(modelView(openCheckpoint(name)));

describe('what a person is asked of a checkpoint', () => {
  it('is the eps that the names tell, and each identity without a parameter', () => {
    assert.deepEqual(questions('repvgg.safetensors'), { eps: [1e-5], identities: new Map() });
    assert.deepEqual(
      questions('timm_fastvit.safetensors').identities,
      new Map([
        ['stages.0.blocks.0.token_mixer', true],
        ['stages.1.pos_emb', true],
      ]),
    );
    assert.deepEqual(
      questions('yolov6_qa.safetensors').identities,
      new Map([
        ['backbone.ERBlock_2.0', null],
        ['backbone.stem', false],
      ]),
      'null: refused, since nobody knows',
    );
  });

  it('goes by what a refusal asks, whatever its sentence is', () => {
    const view = modelView(openCheckpoint('yolov6_qa.safetensors'));
    const asks = view.blocks.flatMap(({ refusal }) => refusal?.asks ?? []);
    assert.deepEqual(asks, ['identity']);
    const reworded = (keep: boolean): typeof view => ({
      ...view,
      blocks: view.blocks.map((block) => {
        if (block.refusal === null) return block;
        const { asks: asked, ...rest } = block.refusal;
        return { ...block, refusal: { ...rest, message: 'No.', ...(keep && asked ? { asks: asked } : {}) } };
      }),
    });
    const open = (one: typeof view): unknown => questionsOf(one).identities.get('backbone.ERBlock_2.0');
    assert.deepEqual([open(reworded(true)), open(reworded(false))], [null, undefined]);
  });

  it('is the block, not the state dict that it is in', () => {
    const states = [{ path: 'model' }, { path: 'ema' }].map((state) => ({
      ...{ ...state, wrapper: '', entries: 1, entriesAfter: 1, blocks: 1 },
    }));
    assert.equal(withoutLabel('ema:stage0', { states }), 'stage0');
    assert.equal(withoutLabel('stage0', { states }), 'stage0');
    assert.equal(withoutLabel('stage0', undefined), 'stage0');
  });

  it('is an eps from 0 up to below 1, written as people do', () => {
    assert.deepEqual(['1e-3', ' 0.001 ', '0', '1E-05'].map(parseEps), [1e-3, 1e-3, 0, 1e-5]);
    assert.deepEqual(['1', '-1e-3', 'x', '1e', '0x1', 'Infinity', '1,5'].map(parseEps), Array(7).fill(null));
    assert.equal(parseEps('  '), undefined);
    assert.deepEqual([1e-5, 1e-3, 0.05, 0].map(epsText), ['1e-5', '1e-3', '0.05', '0']);
  });

  it('is kept beside what was said before; one answer for all takes the place of those for some', () => {
    const said = withIdentity({ bnEps: 1e-3 }, 'a', true);
    assert.deepEqual(said, { bnEps: 1e-3, identity: { a: true } });
    assert.deepEqual(withIdentity(said, 'b', false).identity, { a: true, b: false });
    assert.deepEqual(withIdentity(said, 'a', null), { bnEps: 1e-3, identity: {} });
    assert.deepEqual(withIdentity(said, '', false).identity, { '': false });
  });
});
