import { raise } from '../../result';

/** The part of JSON Schema that our schemas use. */
export type Schema = Readonly<Record<string, unknown>>;

/** Values inside values; only a hostile one is deeper. */
const DEEPEST = 24;

const NO_RULES = new Set(['$schema', '$id', '$defs', 'title', 'description']);

/**
 * The first place in a value that is not as its schema says, as `.outputs[0].name`; null where all is well. Small and without
 * generated code, which a page's security policy forbids.
 * @throws ProblemError on a keyword that it does not know, so that no rule is skipped in silence.
 */
export function mismatch(value: unknown, schema: Schema, root: Schema = schema): string | null {
  return check(value, schema, { root, place: '', depth: 0 });
}

interface At {
  readonly root: Schema;
  readonly place: string;
  readonly depth: number;
}

function check(value: unknown, schema: Schema, at: At): string | null {
  if (at.depth > DEEPEST) return at.place;
  for (const [keyword, rule] of Object.entries(schema)) {
    if (NO_RULES.has(keyword)) continue;
    const found = KEYWORDS[keyword];
    if (found === undefined) raise('failed', `The schema has a rule "${keyword}" that is not known.`);
    const wrong = found(value, rule as never, at);
    if (wrong !== null) return wrong;
  }
  return null;
}

const KEYWORDS: Readonly<Record<string, (value: unknown, rule: never, at: At) => string | null>> = {
  $ref: (value, rule: string, at) => check(value, definition(rule, at.root), { ...at, depth: at.depth + 1 }),
  type: (value, rule: string | readonly string[], at) =>
    [rule].flat().some((type) => isOfType(value, type)) ? null : at.place,
  const: (value, rule: unknown, at) => (value === rule ? null : at.place),
  enum: (value, rule: readonly unknown[], at) => (rule.includes(value) ? null : at.place),
  anyOf: (value, rule: readonly Schema[], at) =>
    rule.some((one) => check(value, one, at) === null) ? null : at.place,
  minimum: (value, rule: number, at) => (typeof value === 'number' && value < rule ? at.place : null),
  maximum: (value, rule: number, at) => (typeof value === 'number' && value > rule ? at.place : null),
  minLength: (value, rule: number, at) =>
    typeof value === 'string' && value.length < rule ? at.place : null,
  pattern: (value, rule: string, at) =>
    typeof value === 'string' && !new RegExp(rule, 'u').test(value) ? at.place : null,
  minItems: (value, rule: number, at) => (Array.isArray(value) && value.length < rule ? at.place : null),
  maxItems: (value, rule: number, at) => (Array.isArray(value) && value.length > rule ? at.place : null),
  items: (value, rule: Schema, at) =>
    Array.isArray(value)
      ? first(value.entries(), ([index, item]) => check(item, rule, into(at, `[${index}]`)))
      : null,
  required: (value, rule: readonly string[], at) =>
    isObject(value)
      ? first(rule, (name) => (Object.hasOwn(value, name) ? null : `${at.place}.${name}`))
      : null,
  properties: (value, rule: Readonly<Record<string, Schema>>, at) =>
    isObject(value)
      ? first(Object.entries(rule), ([name, inner]) =>
          Object.hasOwn(value, name) ? check(value[name], inner, into(at, `.${name}`)) : null,
        )
      : null,
  additionalProperties: (value, rule: Schema, at) =>
    isObject(value) ? first(Object.values(value), (item) => check(item, rule, into(at, '.*'))) : null,
};

function definition(reference: string, root: Schema): Schema {
  const name = reference.replace('#/$defs/', '');
  const found = (root['$defs'] as Readonly<Record<string, Schema>> | undefined)?.[name];
  return found ?? raise('failed', `The schema speaks of "${reference}", which it does not have.`);
}

function into(at: At, step: string): At {
  return { ...at, place: at.place + step, depth: at.depth + 1 };
}

function first<T>(items: Iterable<T>, wrong: (item: T) => string | null): string | null {
  for (const item of items) {
    const found = wrong(item);
    if (found !== null) return found;
  }
  return null;
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
