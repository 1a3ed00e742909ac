import { parseExpression } from './parseExpression';
import { parseBlock } from './parseStatements';
import { EXPORT } from './refuseAt';
import type { ClassSource, Expression, FunctionSource, ModuleSource, Parameter } from './syntaxTree';
import { TokenReader } from './tokenReader';
import { tokensOf } from './tokens';

/**
 * Parses a source file of a TorchScript archive: classes, functions, and of statements those that a graph is made of. It is
 * a parser of its own and not one of Python: what PyTorch prints is a small part of it, and whatever is no part of that is
 * refused at its place instead of guessed at.
 * @throws ProblemError `file:line:column` and what is not read there.
 */
export function parseModule(source: string, file: string): ModuleSource {
  const reader = new TokenReader(tokensOf(source, file), file);
  const classes = new Map<string, ClassSource>();
  const functions = new Map<string, FunctionSource>();
  while (!reader.is('end')) {
    if (reader.is('name', 'class')) {
      const one = parseClass(reader);
      classes.set(one.name, one);
    } else if (reader.is('name', 'def')) {
      const one = parseFunction(reader);
      functions.set(one.name, one);
    } else reader.refuse(`this is no class and no function, and is not read here; ${EXPORT}`);
  }
  return { classes, functions };
}

function parseClass(reader: TokenReader): ClassSource {
  const { at } = reader.take();
  const name = reader.expect('name').text;
  let isTuple = false;
  if (reader.mark('(') && !reader.mark(')')) {
    const base = parseExpression(reader);
    isTuple = base.kind === 'name' && base.name === 'NamedTuple';
    reader.expect('mark', ')');
  }
  reader.expect('mark', ':');
  reader.expect('newline');
  reader.expect('indent');
  const finals = new Map<string, Expression>();
  const methods = new Map<string, FunctionSource>();
  const fields: (string | null)[] = [];
  while (!reader.accept('dedent')) {
    if (reader.is('name', 'def')) {
      const method = parseFunction(reader);
      methods.set(method.name, method);
    } else fields.push(parseField(reader, finals));
  }
  const items = isTuple ? fields.filter((field) => field !== null) : null;
  return { at, name, finals, items, methods };
}

/** `name : type`, `name : Final[type] = value`, `__parameters__ = […]`, `__annotations__["0"] = type`. */
function parseField(reader: TokenReader, finals: Map<string, Expression>): string | null {
  const target = parseExpression(reader);
  if (reader.mark(':')) parseExpression(reader);
  if (reader.mark('=')) {
    const value = parseExpression(reader);
    if (target.kind === 'name') finals.set(target.name, value);
  }
  reader.expect('newline');
  return target.kind === 'name' ? target.name : null;
}

function parseFunction(reader: TokenReader): FunctionSource {
  const { at } = reader.take();
  const name = reader.expect('name').text;
  reader.expect('mark', '(');
  const parameters: Parameter[] = [];
  while (!reader.mark(')')) {
    const parameter = reader.expect('name').text;
    const type = reader.mark(':') ? parseExpression(reader) : null;
    const fallback = reader.mark('=') ? parseExpression(reader) : null;
    parameters.push({ name: parameter, type, fallback });
    if (!reader.is('mark', ')')) reader.expect('mark', ',');
  }
  if (reader.mark('->')) parseExpression(reader);
  return { at, name, parameters, body: parseBlock(reader) };
}
