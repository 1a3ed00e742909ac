/**
 * Regenerates src/core/onnx/schema/onnx_pb.ts from onnx.proto, the official ONNX schema beside it
 * (onnx-ml.proto, the default build's). Needs the network once: the two tools are pinned and come through npx.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BUF = '@bufbuild/buf@1.75.0';
// must be the version of @bufbuild/protobuf that package.json asks for
const PLUGIN = '@bufbuild/protoc-gen-es@2.17.0';

const root = fileURLToPath(new URL('..', import.meta.url));
const schema = 'src/core/onnx/schema';
const template = JSON.stringify({
  version: 'v2',
  plugins: [{ local: 'protoc-gen-es', out: schema, opt: ['target=ts'] }],
});

const run = spawnSync(
  'npx',
  ['-y', `--package=${BUF}`, `--package=${PLUGIN}`, '--', 'buf', 'generate', schema, '--template', template],
  { cwd: root, stdio: 'inherit' },
);
if (run.error) console.error(`npx could not be started: ${run.error.message}`);
process.exitCode = run.status ?? 1;
