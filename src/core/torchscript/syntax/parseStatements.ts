import { parseExpression } from './parseExpression';
import { EXPORT } from './refuseAt';
import type { Expression, Statement, Target } from './syntaxTree';
import type { TokenReader } from './tokenReader';

/** An indented block after a colon. @throws ProblemError with the place of what is not read here. */
export function parseBlock(reader: TokenReader): readonly Statement[] {
  reader.expect('mark', ':');
  reader.expect('newline');
  reader.expect('indent');
  const statements: Statement[] = [];
  while (!reader.accept('dedent')) statements.push(parseStatement(reader));
  return statements;
}

function parseStatement(reader: TokenReader): Statement {
  const { at, kind, text } = reader.next;
  if (kind === 'name') {
    if (text === 'if') return parseIf(reader);
    if (text === 'for') return parseFor(reader);
    if (text === 'while') return parseWhile(reader);
    if (text === 'with') return parseWith(reader);
    if (REFUSED.has(text)) return reader.refuse(`"${text}" is not read here; ${EXPORT}`);
    if (reader.accept('name', 'pass')) {
      reader.expect('newline');
      return { kind: 'pass', at };
    }
    if (reader.accept('name', 'return')) {
      const value = reader.is('newline') ? null : tupleOrOne(reader);
      reader.expect('newline');
      return { kind: 'return', at, value };
    }
  }
  const statement = parseAssignment(reader);
  reader.expect('newline');
  return statement;
}

const MOST_BRANCHES = 200;

const REFUSED = new Set(['try', 'del', 'global', 'import', 'from', 'raise', 'assert', 'def', 'class']);

function parseIf(reader: TokenReader, depth = 0): Statement {
  if (depth > MOST_BRANCHES) reader.refuse('the code has more branches than that of any model');
  const { at } = reader.take();
  const condition = parseExpression(reader);
  const then = parseBlock(reader);
  if (reader.is('name', 'elif'))
    return { kind: 'if', at, condition, then, otherwise: [parseIf(reader, depth + 1)] };
  return {
    kind: 'if',
    at,
    condition,
    then,
    otherwise: reader.accept('name', 'else') ? parseBlock(reader) : [],
  };
}

function parseFor(reader: TokenReader): Statement {
  const { at } = reader.take();
  const name = reader.expect('name').text;
  reader.expect('name', 'in');
  const over = parseExpression(reader);
  return { kind: 'for', at, name, over, body: parseBlock(reader) };
}

function parseWhile(reader: TokenReader): Statement {
  const { at } = reader.take();
  const condition = parseExpression(reader);
  return { kind: 'while', at, condition, body: parseBlock(reader) };
}

function parseWith(reader: TokenReader): Statement {
  const { at } = reader.take();
  const value = parseExpression(reader);
  return { kind: 'with', at, value, body: parseBlock(reader) };
}

/** `x = …`, `x : T = …`, `a, b, = …`, or an expression for its effect. */
function parseAssignment(reader: TokenReader): Statement {
  const { at } = reader.next;
  const first = parseExpression(reader);
  const targets = [first];
  let unpacks = false;
  while (reader.mark(',')) {
    unpacks = true;
    if (!reader.is('mark', '=')) targets.push(parseExpression(reader));
  }
  if (!unpacks && reader.mark(':')) parseExpression(reader);
  if (!unpacks && !reader.is('mark', '=')) return { kind: 'expression', at, value: first };
  reader.expect('mark', '=');
  const written = targets.map((target) => targetOf(reader, target));
  return { kind: 'assign', at, targets: written, unpacks, value: tupleOrOne(reader) };
}

function targetOf(reader: TokenReader, target: Expression): Target {
  if (target.kind === 'name') return target.name;
  if (target.kind === 'attribute') return target;
  return reader.refuse(`a write to a part of a value is not read here; ${EXPORT}`, target.at);
}

/** `x`, or `x, y` without brackets. */
function tupleOrOne(reader: TokenReader): Expression {
  const { at } = reader.next;
  const items = [parseExpression(reader)];
  let isTuple = false;
  while (reader.mark(',')) {
    isTuple = true;
    if (!reader.is('newline')) items.push(parseExpression(reader));
  }
  return isTuple ? { kind: 'tuple', at, items } : (items[0] as Expression);
}
