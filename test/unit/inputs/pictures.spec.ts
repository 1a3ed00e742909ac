import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { pictureKind, readPicture, type Picture } from '../../../src/core/inputs/picture';
import { pictureTensor } from '../../../src/core/inputs/pictureTensor';
import { ProblemError } from '../../../src/core/result';
import { decodePicture } from '../../../src/platform/node/decodePicture';
import { FIXTURES } from '../../support/models';

const folder = join(FIXTURES, 'inputs');
const pixels = JSON.parse(readFileSync(join(folder, 'pixels.json'), 'utf8')) as Record<
  string,
  { readonly width: number; readonly height: number; readonly rgba: readonly number[] }
>;

async function picture(name: string, bytes: Uint8Array = readFileSync(join(folder, name))): Promise<Picture> {
  const kind = pictureKind(bytes);
  assert.ok(kind);
  return readPicture(bytes, kind, name, decodePicture);
}

function refusal(words: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof ProblemError && words.test(error.problem.message);
}

/** A PNG of one chunk after the other. */
function png(...chunks: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const parts = chunks.map(([type, content]) => {
    const chunk = Buffer.alloc(12 + content.length);
    chunk.writeUInt32BE(content.length, 0);
    chunk.write(type, 4, 'latin1');
    chunk.set(content, 8);
    return chunk;
  });
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...parts]);
}

function header(width: number, height: number): Uint8Array {
  const content = Buffer.alloc(13);
  content.writeUInt32BE(width, 0);
  content.writeUInt32BE(height, 4);
  content.set([8, 0, 0, 0, 0], 8);
  return content;
}

describe('decodePicture', () => {
  for (const [name, expected] of Object.entries(pixels)) {
    it(`decodes ${name} as another decoder does`, async () => {
      const { width, height, rgba } = await picture(name);
      assert.deepEqual([width, height], [expected.width, expected.height]);
      // PNG is exact; two JPEG decoders differ by the rounding of their transforms and of the colour conversion
      const most = name.endsWith('.png') ? 0 : 3;
      expected.rgba.forEach((value, i) =>
        assert.ok(Math.abs(value - (rgba[i] ?? NaN)) <= most, `${name} at ${i}: ${rgba[i]}, not ${value}`),
      );
    });
  }

  it('refuses shortened files with a sentence', async () => {
    for (const name of ['rgb.png', 'smooth.jpg']) {
      const whole = readFileSync(join(folder, name));
      for (let length = 12; length < whole.length * 0.9; length += 23) {
        const cut = whole.subarray(0, length);
        // a JPEG that ends within its pixels may still be shown as far as it goes
        await picture(name, cut).then(
          (shown) => assert.equal(shown.rgba.length, 4 * shown.width * shown.height),
          (error: unknown) => assert.ok(refusal(/"(rgb\.png|smooth\.jpg)"/)(error), String(error)),
        );
      }
    }
  });

  it('refuses sizes that no memory has before it decodes', async () => {
    const huge = png(['IHDR', header(100_000, 100_000)], ['IEND', new Uint8Array()]);
    await assert.rejects(picture('huge.png', huge), refusal(/100000×100000 pixels/));
  });

  it('refuses a PNG whose few pixels unpack to megabytes, and leaves profiles packed', async () => {
    const bomb = deflateSync(new Uint8Array(2 ** 24));
    const pixelBomb = png(['IHDR', header(2, 2)], ['IDAT', bomb], ['IEND', new Uint8Array()]);
    await assert.rejects(picture('bomb.png', pixelBomb), refusal(/unpacks to more than its pixels/));
    const profile = Buffer.concat([Buffer.from('a\0\0', 'latin1'), bomb]);
    const rows = deflateSync(Uint8Array.from([0, 1, 2, 0, 3, 4]));
    const withProfile = png(
      ['IHDR', header(2, 2)],
      ['iCCP', profile],
      ['IDAT', rows],
      ['IEND', new Uint8Array()],
    );
    const { rgba } = await picture('profile.png', withProfile);
    assert.deepEqual([rgba[0], rgba[4], rgba[8], rgba[12]], [1, 2, 3, 4]);
  });
});

describe('pictureTensor', () => {
  const two: Picture = {
    width: 2,
    height: 1,
    rgba: Uint8Array.from([255, 0, 51, 255, 0, 102, 255, 0]),
  };
  const input = (dims: readonly number[]) => ({ name: 'x', dtype: 'float32' as const, dims });

  it('gives planes of 0 to 1, the same for each image of a batch', () => {
    const { dims, data } = pictureTensor(two, input([2, 3, 1, 2]), 'unit', 'a.png');
    assert.deepEqual(dims, [2, 3, 1, 2]);
    const one = [1, 0, 0, 102 / 255, 51 / 255, 1];
    assert.deepEqual([...data], [...one, ...one]);
  });

  it('puts channels last where the model has them there', () => {
    const { data } = pictureTensor(two, input([1, 2, 2, 3]), 'raw', 'a.png');
    const row = [255, 0, 51, 0, 102, 255];
    assert.deepEqual([...data], [...row, ...row]);
  });

  it('normalises as ImageNet models want it', () => {
    const { data } = pictureTensor(two, input([1, 3, 1, 2]), 'imagenet', 'a.png');
    assert.equal(data[0], (1 - 0.485) / 0.229);
    assert.equal(data[5], (1 - 0.406) / 0.225);
  });

  it('makes grey for one channel, and keeps alpha for four only', () => {
    const grey = pictureTensor(two, input([1, 1, 1, 2]), 'raw', 'a.png').data;
    assert.ok(Math.abs(grey[0]! - (0.299 * 255 + 0.114 * 51)) < 1e-12, 'float64 sums of three products');
    const alpha = pictureTensor(two, input([1, 4, 1, 2]), 'unit', 'a.png').data;
    assert.deepEqual([alpha[6], alpha[7]], [1, 0]);
  });

  it('makes a picture larger and smaller between pixel centres', () => {
    const wide = pictureTensor(two, input([1, 3, 2, 4]), 'raw', 'a.png').data;
    assert.deepEqual([...wide.subarray(0, 8)], [255, 191.25, 63.75, 0, 255, 191.25, 63.75, 0]);
    const small = pictureTensor(two, input([1, 3, 1, 1]), 'raw', 'a.png').data;
    assert.deepEqual([...small], [127.5, 51, 153]);
  });

  it('says what does not take a picture', () => {
    assert.throws(
      () => pictureTensor(two, input([1, 768]), 'unit', 'a.png'),
      refusal(/"a\.png" is a picture, but/),
    );
    const ids = { name: 'ids', dtype: 'int64' as const, dims: [1, 3, 4, 4] };
    assert.throws(() => pictureTensor(two, ids, 'unit', 'a.png'), refusal(/int64 1×3×4×4/));
  });
});
