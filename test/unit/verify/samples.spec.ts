import assert from 'node:assert/strict';
import { exactBudget } from '../../../src/core/verify/network/exactRuns';
import { describeSample } from '../../../src/core/verify/network/samples';

type Sample = Parameters<typeof describeSample>[0];

/** A drawn sample with this many inputs. */
function sample(inputs: number, label = 'normal'): Sample {
  const array = { dims: [1, 3, 8, 8], dtype: 'float32', data: new Float32Array(192) };
  const feeds = new Map(Array.from({ length: inputs }, (_, at) => [`x${at}`, array]));
  return { bindings: new Map(), feeds, label } as unknown as Sample;
}

describe('a sample in words', () => {
  it('says the shapes of three inputs', () => {
    assert.equal(describeSample(sample(3)), 'x0 1×3×8×8, x1 1×3×8×8, x2 1×3×8×8');
  });

  it('counts more: each block of a checkpoint has an input of its own', () => {
    assert.equal(describeSample(sample(200)), 'x0 1×3×8×8, x1 1×3×8×8 and 198 more inputs');
  });

  it('names the file that somebody gave', () => {
    assert.equal(describeSample(sample(1, 'cat.png')), 'cat.png: x0 1×3×8×8');
  });
});

describe('what is computed in float64 of whole networks', () => {
  const budget = (format: string, isComplete: boolean): number =>
    exactBudget({ original: { model: { format } }, isComplete } as unknown as Parameters<
      typeof exactBudget
    >[0]);

  it('is least for a checkpoint whose blocks are all proven, and as much as for a model where one is not', () => {
    assert.ok(budget('checkpoint', true) < budget('onnx', true));
    assert.equal(budget('checkpoint', false), budget('onnx', false));
    assert.ok(budget('onnx', true) < budget('onnx', false));
  });
});
