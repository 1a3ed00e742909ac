import { Command, Option } from 'commander';
import { join } from 'node:path';
import { version } from '../package.json';
import { fuseCommand } from './cli/fuseCommand';
import { inspectCommand, type InspectCommandOptions } from './cli/inspectCommand';
import { PIXEL_SCALES } from './core/inputs/pixelScale';
import { complain, EXIT_BAD_INPUT, runCommand } from './cli/exit';
import { anotherPath, filePath, idList, positiveNumber, wholeNumber } from './cli/options';
import type { VerifyCommandOptions } from './cli/verifyCommand';

/** The command line: parses arguments, hands them to a command, turns its result into an exit code. */
const ortFolder = join(__dirname, 'ort');

const program = new Command('replens')
  .description('Finds reparam blocks in an exported model, merges their branches, verifies the result.')
  .version(version)
  .configureHelp({ showGlobalOptions: true })
  .configureOutput({ outputError: (text) => complain(oneLine(text)) })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : EXIT_BAD_INPUT));

program
  .command('inspect')
  .description('list the blocks of MODEL: family, branches, what merging saves, or why it is refused')
  .argument('<MODEL>', 'an .onnx file')
  .option(
    '--insight',
    "also tell each branch's share of the merged kernel, and which are dead; reads all kernels",
  )
  .option('--json', 'print JSON on stdout')
  .action((model: string, options: InspectCommandOptions) =>
    runCommand(() => inspectCommand(model, options)),
  );

program
  .command('fuse')
  .description('merge the blocks of MODEL into one convolution each and write the result')
  .argument('<MODEL>', 'an .onnx file')
  .option('-o, --output <OUT>', 'where to write (default: <name>.fused.onnx beside MODEL)', filePath)
  .option('--only <IDS>', 'ids of the blocks to merge, with commas: b0,b3', idList)
  .option('--force', 'replace OUT if it exists')
  .option('--batch-free', 'give dynamic convolutions that hold their batch the form that works for any')
  .option('--json', 'print JSON on stdout')
  .action((model: string, options: Parameters<typeof fuseCommand>[1]) =>
    runCommand(() => fuseCommand(model, options)),
  );

for (const [name, description] of [
  ['verify', 'measure whether FUSED computes the same function as ORIGINAL'],
  ['explain', 'compare a train form with its deploy form and say where they differ'],
] as const) {
  program
    .command(name)
    .description(description)
    .argument(name === 'verify' ? '<ORIGINAL>' : '<TRAIN>', 'the model before')
    .argument(name === 'verify' ? '<FUSED>' : '<DEPLOY>', 'the model after')
    .addOption(new Option('--provider <NAME>', 'where to run').choices(['webgpu', 'wasm']))
    .option('--samples <N>', 'inputs to try on the whole network', positiveNumber)
    .option('--seed <S>', 'seed of the random inputs', wholeNumber)
    .option('--inputs <FILE>', 'also run on this .npy, .npz, .png or .jpg; again for more', anotherPath)
    .addOption(new Option('--pixels <SCALE>', 'of pictures (default: unit, 0 to 1)').choices(PIXEL_SCALES))
    .option('--report <FILE>', 'save the report as .md or .json; again for both', anotherPath)
    .option('--json', 'print JSON on stdout')
    .action((original: string, fused: string, options: VerifyCommandOptions) =>
      runCommand(async () => {
        // onnxruntime takes longer to load than a model to inspect
        const { verifyCommand } = await import('./cli/verifyCommand');
        return verifyCommand(original, fused, options, ortFolder, name === 'explain');
      }),
    );
}

void program.parseAsync();

/** Commander's complaint, its suggestion included, in one line. */
function oneLine(text: string): string {
  return text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ');
}
