import { Command } from 'commander';
import { join } from 'node:path';
import { version } from '../package.json';
import { addComparisons } from './cli/comparisons';
import { fuseCommand } from './cli/fuseCommand';
import { inspectCommand, type InspectCommandOptions } from './cli/inspectCommand';
import { complain, EXIT_BAD_INPUT, runCommand } from './cli/exit';
import { addCheckpointOptions, anotherShape, filePath, idList, SHAPE_HELP } from './cli/options';

/** The command line: parses arguments, hands them to a command, turns its result into an exit code. */
const ortFolder = join(__dirname, 'ort');

const program = new Command('replens')
  .description('Finds reparam blocks in an exported model, merges their branches, verifies the result.')
  .version(version)
  .configureHelp({ showGlobalOptions: true })
  .configureOutput({ outputError: (text) => complain(oneLine(text)) })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : EXIT_BAD_INPUT));

const MODEL = 'an .onnx file, a .pt2, a TorchScript archive, or a checkpoint (.pth, .safetensors)';

const inspect = program
  .command('inspect')
  .description('list the blocks of MODEL: family, branches, what merging saves, or why it is refused')
  .argument('<MODEL>', MODEL)
  .option(
    '--insight',
    "also tell each branch's share of the merged kernel, and which are dead; reads all kernels",
  )
  .option('--shape <SHAPE>', SHAPE_HELP, anotherShape)
  .option('--json', 'print JSON on stdout')
  .action((model: string, options: InspectCommandOptions) =>
    runCommand(() => inspectCommand(model, options)),
  );

const fuse = program
  .command('fuse')
  .description('merge the blocks of MODEL into one convolution each and write the result')
  .argument('<MODEL>', MODEL)
  .option(
    '-o, --output <OUT>',
    'where to write (default: <name>.fused.onnx beside MODEL, or .fused.pt2 for a .pt2; of a checkpoint its own ending); its ending says the format',
    filePath,
  )
  .option('--only <IDS>', 'ids of the blocks to merge, with commas: b0,b3', idList)
  .option('--shape <SHAPE>', SHAPE_HELP, anotherShape)
  .option('--force', 'replace OUT if it exists')
  .option('--batch-free', 'give dynamic convolutions that hold their batch the form that works for any')
  .option('--json', 'print JSON on stdout')
  .action((model: string, options: Parameters<typeof fuseCommand>[1]) =>
    runCommand(() => fuseCommand(model, options)),
  );

for (const command of [inspect, fuse]) addCheckpointOptions(command);
addComparisons(program, ortFolder);

void program.parseAsync();

/** Commander's complaint, its suggestion included, in one line. */
function oneLine(text: string): string {
  return text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ');
}
