import { EXPORT } from './refuseAt';
import type { Expression, Place } from './syntaxTree';
import type { TokenReader } from './tokenReader';

/** Deeper expressions than any printer writes. */
const DEEPEST = 200;

/** @throws ProblemError with the place of what is no expression that is read here. */
export function parseExpression(reader: TokenReader, depth = 0): Expression {
  if (depth > DEEPEST) reader.refuse('the expression is nested too deep');
  const then = either(reader, depth);
  if (!reader.is('name', 'if')) return then;
  const { at } = reader.take();
  const condition = either(reader, depth + 1);
  reader.expect('name', 'else');
  return { kind: 'choice', at, condition, then, otherwise: parseExpression(reader, depth + 1) };
}

function either(reader: TokenReader, depth: number): Expression {
  let left = both(reader, depth);
  for (let within = depth; reader.is('name', 'or'); within++) {
    const { at } = reader.take();
    left = { kind: 'either', at, left, right: both(reader, within + 1) };
  }
  return left;
}

function both(reader: TokenReader, depth: number): Expression {
  let left = unary(reader, depth);
  for (let within = depth; reader.is('name', 'and'); within++) {
    const { at } = reader.take();
    left = { kind: 'both', at, left, right: unary(reader, within + 1) };
  }
  return left;
}

function unary(reader: TokenReader, depth: number): Expression {
  if (depth > DEEPEST) reader.refuse('the expression is nested too deep');
  if (reader.is('name', 'not'))
    return { kind: 'not', at: reader.take().at, operand: unary(reader, depth + 1) };
  if (reader.is('mark', '-'))
    return { kind: 'minus', at: reader.take().at, operand: unary(reader, depth + 1) };
  let value = primary(reader, depth);
  for (let within = depth; ; within++) {
    const { at } = reader.next;
    if (within > DEEPEST) reader.refuse('the expression is nested too deep');
    if (reader.mark('.')) value = { kind: 'attribute', at, of: value, name: reader.expect('name').text };
    else if (reader.mark('(')) value = call(reader, value, within);
    else if (reader.mark('[')) value = item(reader, value, at, within);
    else return value;
  }
}

function item(reader: TokenReader, of: Expression, at: Place, depth: number): Expression {
  const items = list(reader, ']', depth);
  const [only] = items;
  if (only === undefined) return reader.refuse();
  // a type such as Tuple[int, int]
  const index: Expression = items.length === 1 ? only : { kind: 'tuple', at, items };
  return { kind: 'item', at, of, index };
}

/** The place of a call is that of its callee. */
function call(reader: TokenReader, callee: Expression, depth: number): Expression {
  const args: Expression[] = [];
  const keywords = new Map<string, Expression>();
  while (!reader.mark(')')) {
    if (reader.is('name') && reader.after.kind === 'mark' && reader.after.text === '=') {
      const name = reader.take().text;
      reader.take();
      keywords.set(name, parseExpression(reader, depth + 1));
    } else if (keywords.size > 0) reader.refuse();
    else args.push(parseExpression(reader, depth + 1));
    if (!reader.is('mark', ')')) reader.expect('mark', ',');
  }
  return { kind: 'call', at: startOf(callee), callee, args, keywords };
}

/** Where an expression begins: that of an attribute is its dot. */
function startOf(expression: Expression): Place {
  let at = expression;
  while (at.kind === 'attribute' || at.kind === 'item') at = at.of;
  return at.at;
}

/** Items up to a bracket, which is taken; a comma may end them. */
function list(reader: TokenReader, end: string, depth: number): readonly Expression[] {
  const items: Expression[] = [];
  while (!reader.mark(end)) {
    items.push(parseExpression(reader, depth + 1));
    if (!reader.is('mark', end)) reader.expect('mark', ',');
  }
  return items;
}

const LITERALS: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ['True', true],
  ['False', false],
  ['None', null],
]);

const FLOATS: ReadonlyMap<string, number> = new Map([
  ['inf', Infinity],
  ['nan', NaN],
]);

const RESERVED = new Set([
  'lambda',
  'if',
  'else',
  'for',
  'in',
  'is',
  'await',
  'yield',
  'while',
  'def',
  'class',
]);

function primary(reader: TokenReader, depth: number): Expression {
  const token = reader.take();
  const { kind, text, at } = token;
  if (kind === 'int' || kind === 'float') return { kind, at, value: Number(text) };
  if (kind === 'text') return { kind, at, value: text };
  if (kind === 'name') {
    if (RESERVED.has(text)) return reader.refuse(`"${text}" is not read here; ${EXPORT}`, at);
    const literal = LITERALS.get(text);
    if (literal !== undefined) return { kind: 'literal', at, value: literal };
    const float = FLOATS.get(text);
    return float === undefined ? { kind, at, name: text } : { kind: 'float', at, value: float };
  }
  if (kind === 'mark' && text === '[') return { kind: 'list', at, items: list(reader, ']', depth) };
  if (kind === 'mark' && text === '(') return bracketed(reader, at, depth);
  if (kind === 'mark' && text === '{') return { kind: 'dict', at, entries: entries(reader, depth) };
  return reader.refuse(
    `${text === '' ? 'the end of the line' : `"${text}"`} is not expected here; save the model again`,
    at,
  );
}

/** `"a": x, "b": y}`. */
function entries(reader: TokenReader, depth: number): readonly (readonly [Expression, Expression])[] {
  const found: (readonly [Expression, Expression])[] = [];
  while (!reader.mark('}')) {
    const key = parseExpression(reader, depth + 1);
    reader.expect('mark', ':');
    found.push([key, parseExpression(reader, depth + 1)]);
    if (!reader.is('mark', '}')) reader.expect('mark', ',');
  }
  return found;
}

/** `(x)` is x itself, `(x,)` and `(x, y)` are tuples. */
function bracketed(reader: TokenReader, at: Place, depth: number): Expression {
  if (reader.mark(')')) return { kind: 'tuple', at, items: [] };
  const first = parseExpression(reader, depth + 1);
  if (reader.mark(')')) return first;
  reader.expect('mark', ',');
  return { kind: 'tuple', at, items: [first, ...list(reader, ')', depth)] };
}
