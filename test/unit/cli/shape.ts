import assert from 'node:assert/strict';

/**
 * What a JSON value must look like: a type name, with `?` where null may stand; the strings that may stand there; an array
 * of one kind; an object with these fields and possibly more (the contract allows extra fields).
 */
export type Shape =
  | 'string'
  | 'number'
  | 'string?'
  | 'number?'
  | { readonly oneOf: readonly string[] }
  | { readonly orNull: Shape }
  | readonly [Shape]
  | { readonly fields: Readonly<Record<string, Shape>> };

/** Asserts that `value` has the shape; the message says where it does not. */
export function assertShape(value: unknown, shape: Shape, path = '$'): void {
  if (typeof shape === 'string') {
    if (shape.endsWith('?') && value === null) return;
    assert.equal(typeof value, shape.replace('?', ''), path);
    if (typeof value === 'number') assert.ok(Number.isFinite(value), `${path} is finite`);
  } else if ('oneOf' in shape) {
    assert.ok(shape.oneOf.includes(value as string), `${path} is ${JSON.stringify(value)}`);
  } else if ('orNull' in shape) {
    if (value !== null) assertShape(value, shape.orNull, path);
  } else if ('fields' in shape) {
    assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), `${path} is an object`);
    for (const [name, inner] of Object.entries(shape.fields)) {
      assert.ok(name in value, `${path}.${name} is there`);
      assertShape((value as Record<string, unknown>)[name], inner, `${path}.${name}`);
    }
  } else {
    assert.ok(Array.isArray(value), `${path} is an array`);
    value.forEach((item, index) => assertShape(item, shape[0], `${path}[${index}]`));
  }
}
