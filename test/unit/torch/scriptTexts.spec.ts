import assert from 'node:assert/strict';
import { verdictOf } from '../../support/refusals';
import { gives, read, script } from '../../support/scripts';

describe('scripts: texts, and what a list is compared with', () => {
  gives(
    'keys that are made of numbers are those that Python prints',
    'd = annotate(Dict[str, Tensor], {})\nfor i in range(3):\n  _0 = torch._set_item(d, torch.add("a", torch.str(i)), torch.mul(x, i))\nfor j in range(2):\n  _1 = torch._set_item(d, torch.format("{}_{}", j, True), x)\nreturn torch.add(d["a2"], torch.add(d["1_True"], torch.len(d)))',
    [35],
  );
  gives(
    'a text of a number is compared as what it says',
    'if torch.eq(torch.str(8), "8"):\n  y = torch.mul(x, 2)\nelse:\n  y = x\nreturn y',
    [20],
  );
  gives(
    'lists of texts and of numbers, item by item',
    'if torch.eq(["a", "b"], ["a,b"]):\n  y = x\nelse:\n  y = torch.mul(x, 2)\nif torch.eq([1.5, 2], [1.5, 2]):\n  z = torch.mul(y, 3)\nelse:\n  z = y\nreturn z',
    [60],
  );
  gives(
    'a list grows by itself once, in place under all its names',
    'l = [1, 2]\nm = l\n_0 = torch.extend(l, l)\nn = torch.add_(l, [5])\nreturn torch.add(torch.mul(x, torch.len(m)), n[4])',
    [55],
  );
  gives(
    'a root of a whole number is none',
    'return torch.mul(x, torch.floor(torch.mul(torch.sqrt(2), 10)))',
    [140],
  );

  it('a mask that the script says no type of is one of bool', () => {
    for (const body of [
      'torch.where(m, x, torch.neg(x))',
      'torch.masked_fill(x, m, 2)',
      'torch.masked_fill(x, torch.bitwise_not(m), 2)',
    ]) {
      const { graph } = read(script(', x: Tensor, m: Tensor', `return ${body}`));
      assert.deepEqual(
        graph.inputs.map(({ type }) => type?.dtype),
        ['float32', 'bool'],
        body,
      );
    }
  });

  it('nothing is said of a list that holds an open size', () => {
    const shapes = new Map([['x', [1, 2]]]);
    const body = (of: string): string =>
      `if torch.__contains__([${of}], 7):\n  y = x\nelse:\n  y = torch.neg(x)\nreturn y`;
    assert.match(
      verdictOf(script(', x: Tensor', body('torch.size(torch.nonzero(x), 0)')), shapes)?.message ?? '',
      /"torch\.__contains__" is not read here|depends on/,
    );
    assert.equal(verdictOf(script(', x: Tensor', body('torch.size(x, 1)')), shapes), null);
  });
});
