import { Option, type Command } from 'commander';
import { PIXEL_SCALES } from '../core/inputs/pixelScale';
import type { BenchCommandOptions } from './benchCommand';
import { runCommand } from './exit';
import {
  addCheckpointOptions,
  anotherPath,
  anotherShape,
  SHAPE_HELP,
  positiveNumber,
  sizeList,
  wholeNumber,
} from './options';
import type { VerifyCommandOptions } from './verifyCommand';

/** The commands that take two models. @param ortFolder holds onnxruntime's binaries. */
export function addComparisons(program: Command, ortFolder: string): void {
  addVerify(program, ortFolder);
  addBench(program, ortFolder);
}

function addVerify(program: Command, ortFolder: string): void {
  for (const [name, description] of [
    ['verify', 'measure whether FUSED computes the same function as ORIGINAL'],
    ['explain', 'compare a train form with its deploy form and say where they differ'],
  ] as const) {
    addCheckpointOptions(program.command(name))
      .description(description)
      .argument(name === 'verify' ? '<ORIGINAL>' : '<TRAIN>', 'the model before')
      .argument(name === 'verify' ? '<FUSED>' : '<DEPLOY>', 'the model after')
      .addOption(new Option('--provider <NAME>', 'where to run').choices(['webgpu', 'wasm']))
      .option('--samples <N>', 'inputs to try on the whole network', positiveNumber)
      .option('--seed <S>', 'seed of the random inputs', wholeNumber)
      .option('--sizes <SIZES>', 'sizes that the model leaves open: N=1,H=224', sizeList)
      .option('--shape <SHAPE>', SHAPE_HELP, anotherShape)
      .option('--inputs <FILE>', 'also run on this .npy, .npz, .png or .jpg; again for more', anotherPath)
      .addOption(new Option('--pixels <SCALE>', 'of pictures (default: unit, 0 to 1)').choices(PIXEL_SCALES))
      .option('--report <FILE>', 'save the report as .md or .json; again for both', anotherPath)
      .option('--json', 'print JSON on stdout')
      .action((original: string, fused: string, options: VerifyCommandOptions) =>
        runCommand(async () => {
          // onnxruntime takes longer to load than a model to inspect
          const { verifyCommand } = await import('./verifyCommand');
          return verifyCommand(original, fused, options, ortFolder, name === 'explain');
        }),
      );
  }
}

function addBench(program: Command, ortFolder: string): void {
  program
    .command('bench')
    .description('time ORIGINAL and FUSED in turns, whole and block by block')
    .argument('<ORIGINAL>', 'the model before')
    .argument('<FUSED>', 'the model after')
    .addOption(new Option('--provider <NAME>', 'where to run').choices(['webgpu', 'wasm']))
    .option('--runs <N>', 'runs to count, of each model (default: 30)', positiveNumber)
    .option('--sizes <SIZES>', 'sizes that the model leaves open: N=1,H=224', sizeList)
    .option('--shape <SHAPE>', SHAPE_HELP, anotherShape)
    .option('--json', 'print JSON on stdout')
    .action((original: string, fused: string, options: BenchCommandOptions) =>
      runCommand(async () => {
        const { benchCommand } = await import('./benchCommand');
        return benchCommand(original, fused, options, ortFolder);
      }),
    );
}
