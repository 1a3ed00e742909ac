import assert from 'node:assert/strict';
import { attempt } from '../../../src/core/result';
import { STORAGE_TYPES, storageOf } from '../../../src/core/torch/pickle/storageTypes';

describe('names of storages', () => {
  it('each type of a storage is written by the name it is read by', () => {
    for (const [name, dtype] of Object.entries(STORAGE_TYPES)) assert.equal(storageOf(dtype, 'w'), name);
  });

  it('a type without one is refused by the tensor’s name', () => {
    const result = attempt(() => storageOf('uint16', 'conv.weight'));
    assert.ok(!result.ok);
    assert.deepEqual(result.problem, {
      code: 'unsupported',
      message:
        '"conv.weight" is of type uint16, which PyTorch keeps in no storage; write the model as .onnx.',
    });
  });
});
