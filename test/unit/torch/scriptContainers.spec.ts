import assert from 'node:assert/strict';
import { evaluateGraph } from '../../../src/core/eval/evaluateGraph';
import type { NdArray } from '../../../src/core/tensor/tensor';
import { verdictOf } from '../../support/refusals';
import { gives, read, results, script } from '../../support/scripts';

/** What scripts keep their tensors in, and the loops over it: the numbers below are what PyTorch gives for the same code. */

describe('scripts: dicts', () => {
  gives(
    'with constant keys, looked up',
    'd = {"a": x, "b": torch.mul(x, 2)}\nreturn torch.add(d["b"], d["a"])',
    [30],
  );
  gives(
    'filled one after the other, given back in that order',
    'd = annotate(Dict[str, Tensor], {})\n_0 = torch._set_item(d, "out", torch.mul(x, 2))\n_1 = torch._set_item(d, "aux", x)\nreturn d',
    [20, 10],
  );
  gives(
    'a key that is set again keeps its place',
    'd = {"a": x, "b": x}\n_0 = torch._set_item(d, "a", torch.neg(x))\nreturn d',
    [-10, 10],
  );
  gives(
    'keys, values, items, len, and what they are made into',
    'd = torch.dict()\n_0 = torch._set_item(d, "a", x)\n_1 = torch._set_item(d, "b", torch.mul(x, 3))\nvs = torch.list(torch.values(d))\ny = torch.mul(vs[-1], torch.len(d))\nk, v, = torch.items(d)[1]\nif torch.__contains__(d, "c"):\n  y = x\nelse:\n  y = torch.add(y, v)\nreturn y',
    [90],
  );
  gives(
    'get, pop, update, copy',
    'd = {"a": x}\ne = torch.copy(d)\n_0 = torch.update(d, {"b": torch.mul(x, 2)})\np = torch.pop(d, "b")\nq = torch.get(d, "b", torch.mul(x, 5))\nreturn (p, q, e)',
    [20, 50, 10],
  );
  gives(
    'in results within results; None is left out',
    'return (x, [{"z": (torch.neg(x), None)}])',
    [10, -10],
  );
});

describe('scripts: lists', () => {
  gives(
    'extend, insert, reverse, pop',
    'l = [x]\n_0 = torch.extend(l, [torch.mul(x, 2), torch.mul(x, 3)])\n_1 = torch.insert(l, 0, torch.neg(x))\n_2 = torch.reverse(l)\np = torch.pop(l)\nreturn (p, l)',
    [-10, 30, 20, 10],
  );
  gives(
    'written to by place, from the end too',
    'l = [x, x, x]\n_0 = torch._set_item(l, 0, torch.neg(x))\n_1 = torch._set_item(l, -1, torch.mul(x, 2))\nreturn l',
    [-10, 10, 20],
  );
  gives(
    'slices with steps, forwards and backwards',
    'l = [1, 2, 3, 4, 5]\na = torch.slice(l, None, None, 2)\nb = torch.slice(l, None, None, -2)\nc = torch.slice(l, -2)\nd = torch.slice(l, 9, 0, -3)\nreturn (torch.mul(x, a[1]), torch.mul(x, b[0]), torch.mul(x, c[0]), torch.mul(x, d[1]), torch.mul(x, torch.len(b)))',
    [30, 50, 40, 20, 30],
  );
  gives(
    'so many times over',
    'l = torch.mul([1, 2], 3)\nreturn torch.mul(x, torch.add(torch.len(l), l[5]))',
    [80],
  );
  gives(
    'index, remove, clear',
    'l = [4, 5, 6]\ni = torch.index(l, 6)\n_0 = torch.remove(l, 4)\nm = [1]\n_1 = torch.clear(m)\nreturn torch.mul(x, torch.add(torch.add(i, l[0]), torch.len(m)))',
    [70],
  );
});

describe('scripts: loops and objects', () => {
  gives(
    'while, over what the script counts',
    'i = 0\ny = x\n_0 = torch.lt(i, 3)\nwhile _0:\n  y = torch.add(y, 1)\n  i0 = torch.add(i, 1)\n  _0, i = torch.lt(i0, 3), i0\nreturn y',
    [13],
  );
  gives(
    'range with a start and a step',
    'y = x\nfor _0 in range(torch.__range_length(3, 0, -1)):\n  i = torch.__derive_index(_0, 3, -1)\n  y = torch.add(y, i)\nreturn y',
    [16],
  );
  gives(
    'attributes that are written are read so afterwards',
    'self.calls = 3\nself.kept = torch.mul(x, self.calls)\nreturn self.kept',
    [30],
  );
  gives(
    'an attribute that is a list of the file can be filled',
    'self.list = [x]\nl = self.list\n_0 = torch.append(l, torch.neg(x))\nm = self.list\nreturn m',
    [10, -10],
  );
  gives(
    'named tuples',
    'o = __torch__.Out(x, torch.neg(x))\na, b, = o\nreturn (torch.mul(a, 2), o.second)',
    [20, -10],
    'class Out(NamedTuple):\n  first : Tensor\n  second : Tensor\n',
  );
  gives(
    'objects of a class of their own',
    'o = __torch__.Size.__new__(__torch__.Size)\n_0 = (o).__init__(x, 3, )\nreturn (o).times()',
    [30],
    'class Size:\n  def __init__(self: __torch__.Size, t: Tensor, n: int) -> None:\n    self.t = t\n    self.n = n\n  def times(self: __torch__.Size) -> Tensor:\n    return torch.mul(self.t, self.n)\n',
  );
  gives(
    'with torch.no_grad(), and autocast that is off',
    'g = __torch__.torch.autograd.grad_mode.no_grad.__new__(__torch__.torch.autograd.grad_mode.no_grad)\nwith g:\n  y = torch.mul(x, 2)\na = __torch__.torch.amp.autocast_mode.autocast.__new__(__torch__.torch.amp.autocast_mode.autocast)\n_0 = (a).__init__("cpu", 15, False, None, )\nwith a:\n  z = torch.add(y, 1)\nreturn z',
    [21],
  );
  gives(
    'a loop that stops in its midst',
    'y = x\n_0 = 0\n_1 = True\nwhile _1:\n  if torch.eq(_0, 2):\n    _2, y = False, y\n  else:\n    _2, y = True, torch.mul(y, 2)\n  _1, _0 = _2, torch.add(_0, 1)\nreturn y',
    [40],
  );
});

describe('scripts: inputs that hold tensors', () => {
  it('a tuple: each of its tensors is an input', () => {
    const model = read(script(', x: Tuple[Tensor, Tensor]', 'a, b, = x\nreturn torch.sub(a, b)'));
    assert.deepEqual(results(model, { 'x.0': 5, 'x.1': 3 }), [2]);
  });
  it('a dict: the keys that the script reads', () => {
    const model = read(script(', d: Dict[str, Tensor]', 'return torch.sub(d["image"], d["mask"])'));
    assert.deepEqual(results(model, { 'd.image': 5, 'd.mask': 3 }), [2]);
  });
  it('a list: the places that the script reads, or as many as it takes apart', () => {
    const some = read(script(', xs: List[Tensor], y: Tensor', 'return torch.sub(xs[1], y)'));
    assert.deepEqual(results(some, { 'xs.0': 1, 'xs.1': 5, y: 3 }), [2]);
    const all = read(script(', xs: List[Tensor]', 'a, b, = xs\nreturn torch.sub(a, b)'));
    assert.deepEqual(results(all, { 'xs.0': 5, 'xs.1': 3 }), [2]);
  });
  it('a list as a whole: as many as shapes are given for', () => {
    const whole = script(', xs: List[Tensor]', 'return torch.sum(torch.cat(xs, 0))');
    assert.match(
      verdictOf(whole)?.message ?? '',
      /how many tensors the input "xs" holds is not known here; give shapes to "xs\.0" and all others of it \(--shape; Set Input Shapes in VS Code\)/,
    );
    const shapes = new Map([
      ['xs.0', [1]],
      ['xs.1', [1]],
    ]);
    assert.deepEqual(results(read(whole, shapes), { 'xs.0': 5, 'xs.1': 3 }), [8]);
  });
  it('refuses the end of a list of unknown length, places beyond any model, and what holds no tensors', () => {
    assert.match(
      verdictOf(script(', xs: List[Tensor]', 'return xs[-1]'))?.message ?? '',
      /item -1 of a list is not read here/,
    );
    assert.match(
      verdictOf(script(', xs: List[Tensor]', 'return xs[100000]'))?.message ?? '',
      /The input "xs" holds more tensors than that of any model/,
    );
    assert.match(verdictOf(script(', n: int', 'return n'))?.message ?? '', /the input "n" is no tensor/);
  });
});

describe('scripts: grids', () => {
  it('meshgrid in both orders', () => {
    const body = (indexing: string): string =>
      `a, b, = torch.meshgrid([torch.arange(2), torch.arange(3)], indexing="${indexing}")\nreturn (torch.add(torch.mul(a, x), torch.mul(b, 100)), x)`;
    for (const [indexing, dims, data] of [
      ['ij', [2, 3], [0, 100, 200, 10, 110, 210]],
      ['xy', [3, 2], [0, 10, 100, 110, 200, 210]],
    ] as const) {
      const feeds = new Map<string, NdArray>([
        ['x', { dtype: 'float32', dims: [1], data: Float64Array.of(10) }],
      ]);
      const [grid] = [...evaluateGraph(read(script(', x: Tensor', body(indexing))), feeds).values()];
      assert.deepEqual([grid?.dims, [...(grid?.data ?? [])]], [dims, data]);
    }
  });
});

describe('scripts: what is refused, by its place', () => {
  for (const [title, body, sentence] of [
    [
      'autocast',
      'with __torch__.torch.amp.autocast_mode.autocast.__new__(0):\n  pass\nreturn x',
      /autocast computes a part of the model in a shorter type/,
    ],
    ['a key that a dict has not', 'return {"a": x}["b"]', /a text is no key of this dict/],
    [
      'a list that doubles itself without end',
      'l = [1]\nfor i in range(60):\n  _0 = torch.extend(l, l)\nreturn torch.mul(x, torch.len(l))',
      /more steps than that of any model/,
    ],
    [
      'whole numbers beyond those that are exact here',
      'a = 1\nfor i in range(60):\n  a = torch.add(torch.mul(a, 2), 1)\nreturn torch.mul(x, torch.remainder(a, 1000))',
      /a whole number is larger here than those that are read/,
    ],
    ['a division by zero', 'return torch.mul(x, torch.floordiv(5, 0))', /divided by zero here/],
    [
      'a key that nothing says',
      'd = {"a": x}\nif torch.__contains__(d, torch.str(0.5)):\n  y = x\nelse:\n  y = torch.neg(x)\nreturn y',
      /"torch\.__contains__" is not read here|__contains__/,
    ],
    [
      'whether two tensors are one',
      'if torch.__is__(torch.mul(x, 1), torch.mul(x, 1)):\n  y = x\nelse:\n  y = torch.neg(x)\nreturn y',
      /what is computed here depends on/,
    ],
    ['a set', 'return {x}', /"}" is not expected here/],
    [
      'a call on a list that is not known',
      'return torch.sort([x, x])',
      /"torch\.sort" is not read here with a list/,
    ],
    [
      'weights packed for one processor',
      'return ops.prim.ConstantMKLDNNTensor(x)',
      /holds weights packed for one processor/,
    ],
  ] as const)
    it(title, () => {
      const { message = '' } = verdictOf(script(', x: Tensor', body)) ?? {};
      assert.match(message, /^x\.pt: code\/__torch__\.py:\d+:\d+: /);
      assert.match(message, sentence);
    });
});
