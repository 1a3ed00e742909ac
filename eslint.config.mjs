import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** The stack of src/core: a folder imports only from those before it (types are free to every later stage). */
const coreStack = [
  'tensor',
  'ir',
  'onnx',
  'torch',
  'eval',
  'passes',
  'torchscript',
  'algebra',
  'detect',
  'fuse',
  'checkpoint',
  'inputs',
  'verify',
  'explain',
  'view',
];

/** Forbids imports whose path matches one of the patterns. */
function wall(files, patterns, message) {
  return {
    files,
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [{ regex: patterns, message }] }],
    },
  };
}

const coreWalls = coreStack.map((folder, index) => {
  const later = coreStack.slice(index + 1);
  const forbidden = [...later, 'pipeline'];
  // algebra is arrays in, arrays out: it sees tensors only, so that eval and algebra share nothing.
  if (folder === 'algebra') forbidden.push('ir', 'onnx', 'torch', 'eval', 'passes', 'torchscript');
  // the certificate must not trust the code it checks
  if (folder === 'verify' || folder === 'eval') forbidden.push('algebra');
  const inner = `^(\\.\\./)+(${forbidden.join('|')})(/|$)`;
  const outer = '^(\\.\\./)+(runtime|platform|worker|protocol|host)/|^vscode$|^node:|^onnxruntime';
  return wall(
    [`src/core/${folder}/**/*.ts`],
    `${inner}|${outer}`,
    `src/core/${folder} may not import this: see CONTRIBUTING.md, "Who imports whom".`,
  );
});

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'src/core/onnx/schema', '**/*.d.ts', '.cache'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  prettier,
  {
    rules: {
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
    },
  },
  ...coreWalls,
  wall(
    ['src/core/pipeline.ts'],
    '^(\\.\\./)+(runtime|platform|worker|protocol|host)/|^vscode$|^node:|^onnxruntime',
    'core runs anywhere: no host, no Node.',
  ),
  wall(
    ['src/runtime/**/*.ts'],
    '(^|/)(platform|worker|protocol|host)/|^vscode$',
    'runtime imports core only.',
  ),
  wall(
    ['src/platform/**/*.ts'],
    '(^|/)(runtime|worker|protocol|host)/|^vscode$|^onnxruntime',
    'platform implements core ports.',
  ),
  wall(['src/worker/**/*.ts'], '(^|/)host/|^vscode$|^onnxruntime', 'worker = pipeline + platform + runtime.'),
  wall(
    ['src/protocol/**/*.ts'],
    '(^|/)(platform|worker|runtime|host)/|^vscode$|^onnxruntime',
    'protocol holds types and one RPC helper.',
  ),
  wall(
    ['src/host/**/*.ts'],
    '(^|/)(worker|runtime)/|core/(?!view|tensor)|^onnxruntime',
    'host imports protocol, platform, core/view and vscode.',
  ),
  wall(
    ['webview-ui/**/*.{ts,tsx}'],
    '(^|/)(platform|host)/|^vscode$|^onnxruntime|^node:',
    'screens import protocol, worker, runtime and core/view.',
  ),
  {
    files: ['**/*.mjs', 'eslint.config.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        Buffer: 'readonly',
        fetch: 'readonly',
      },
    },
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    files: ['test/**', 'bench/**'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
    },
  },
);
