import { zipSync } from 'fflate';

/** Small archives of exported programs, as hostile as a test wants them. */

export type Json = unknown;

export interface ProgramParts {
  readonly nodes: readonly Json[];
  /** Type of each tensor: its sizes. */
  readonly types: Readonly<Record<string, readonly Json[]>>;
  readonly outputs: readonly string[];
  /** Of the held tensors the entries of the configuration. */
  readonly weights?: Readonly<Record<string, Json>>;
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

export const tensor = (name: string): Json => ({ as_tensor: { name } });

/** One call of ATen; it gives the tensor `output`. */
export function call(target: string, args: Readonly<Record<string, Json>>, output: string): Json {
  const inputs = Object.entries(args).map(([name, arg]) => ({ name, arg, kind: 1 }));
  return { target: `torch.ops.aten.${target}`, inputs, outputs: [tensor(output)], metadata: {} };
}

const sizesOf = (sizes: readonly Json[]): readonly Json[] =>
  sizes.map((size) => (typeof size === 'object' ? size : { as_int: size }));

/** What a program says of a tensor. */
export function meta(sizes: readonly Json[], strides: readonly Json[] = sizes.map(() => 1)): Json {
  return { dtype: 7, sizes: sizesOf(sizes), strides: sizesOf(strides), storage_offset: { as_int: 0 } };
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** The archive of a program with the input "x". */
export function exportedProgram({
  nodes,
  types,
  outputs,
  weights = {},
  files = {},
}: ProgramParts): Uint8Array {
  const held = Object.keys(weights);
  const program = {
    schema_version: { major: 8, minor: 1 },
    graph_module: {
      graph: {
        inputs: [...held.map(tensor), tensor('x')],
        outputs: outputs.map(tensor),
        nodes,
        tensor_values: Object.fromEntries(Object.entries(types).map(([name, sizes]) => [name, meta(sizes)])),
      },
      signature: {
        input_specs: [
          ...held.map((name) => ({ parameter: { arg: { name }, parameter_name: name } })),
          { user_input: { arg: tensor('x') } },
        ],
        output_specs: outputs.map((name) => ({ user_output: { arg: tensor(name) } })),
      },
    },
  };
  return archiveOf(JSON.stringify(program), JSON.stringify({ config: weights }), files);
}

/** An archive of a program whose JSON is any text. */
export function archiveOf(
  program: string | Uint8Array,
  weights = '{"config":{}}',
  files: Readonly<Record<string, Uint8Array>> = {},
): Uint8Array {
  return zipSync(
    {
      'm/models/model.json': typeof program === 'string' ? text(program) : program,
      'm/data/weights/model_weights_config.json': text(weights),
      'm/data/constants/model_constants_config.json': text('{"config":{}}'),
      ...files,
    },
    { level: 0 },
  );
}
