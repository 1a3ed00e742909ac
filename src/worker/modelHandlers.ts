import type { Detection } from '../core/detect/detect';
import { ProblemError, raise, unwrap } from '../core/result';
import type { Watch } from '../core/pipeline';
import { blockGraph } from '../core/view/blockGraph';
import { compareModels } from '../core/view/compare/compareModels';
import { glance } from '../core/view/glance';
import { foldPair } from '../core/view/foldPair';
import { findInMap, modelMap } from '../core/view/map/modelMap';
import { modelView } from '../core/view/modelView';
import { nodeView, tensorView } from '../core/view/nodeView';
import { onnxText } from '../core/view/text/onnxText';
import type { VerificationRecord } from '../core/view/report/verificationRecord';
import type { FileOptions, OptionsTable } from '../protocol/fileOptions';
import type { ModelWorkerMethods } from '../protocol/modelWorker';
import type { CallContext, Handlers, ParamsOf } from '../protocol/rpc';
import type { ModelFiles } from './files/modelFiles';
import { foldBlock } from './jobs/foldBlock';
import { fuseOpened } from './jobs/fuseOpened';
import { JobTable } from './jobTable';
import { ModelStore } from './modelStore';
import { openSizes } from './openSizes';

type VerifyParams = Omit<ParamsOf<ModelWorkerMethods['verify']>, 'job'>;

export interface ModelHost {
  readonly files: ModelFiles;
  /** Compares two models on wasm, where this worker can run them. */
  readonly verify:
    | ((
        params: VerifyParams,
        watch: Watch,
        optionsOf: (path: string) => FileOptions,
      ) => Promise<VerificationRecord>)
    | null;
  progress(job: number, fraction: number, label: string): void;
}

/** What the worker beside the extension host, or beside a notebook's output, answers. */
export function modelHandlers(host: ModelHost): Handlers<ModelWorkerMethods> {
  let given: OptionsTable = {};
  const optionsOf = (path: string): FileOptions => given[path] ?? {};
  const models = new ModelStore(host.files, optionsOf);
  const runJob = jobRunner(host);
  const detection = async (path: string): Promise<Detection> => (await models.get(path)).detection;
  return {
    giveOptions: ({ options }) => void (given = options),
    checkOptions: ({ path, options }) => models.glimpseWith(path, options, () => null),
    glimpse: ({ path }) => models.glimpseWith(path, {}, (file) => modelView(file.detection)),
    open: ({ path, job }, context) =>
      runJob.run(job, context, async (watch) => modelView((await models.open(path, watch)).detection)),
    close: ({ path }) => models.close(path),
    blockGraph: async ({ path, id }) => blockGraph(await detection(path), id),
    node: async ({ path, name }) => nodeView(await detection(path), name),
    tensor: async ({ path, name }) => tensorView(await detection(path), name),
    glance: ({ path }) => models.glimpse(path, (file) => glance(file.detection)),
    text: ({ path }) => models.glimpse(path, (file) => onnxText(graphOf(file.detection))),
    fold: async ({ path, id }, { signal }) => foldBlock(await detection(path), id, signal),
    foldPair: async ({ path, ...pair }) => foldPair(await detection(path), pair),
    map: async ({ path, open }) =>
      modelMap(graphOf(await detection(path)), open === null ? null : new Set(open)),
    findInMap: async ({ path, text }) => findInMap(await detection(path), text),
    compare: ({ path, other }) =>
      models.glimpse(path, (first) =>
        models.glimpse(other, (second) => compareModels(graphOf(first.detection), graphOf(second.detection))),
      ),
    openSizes: async ({ path }) => openSizes(await detection(path)),
    companions: ({ path }) => host.files.companions(path),
    fuse: ({ path, output, only, force, job }, context) =>
      runJob.run(job, context, async (watch) => {
        const options = { output, force, ...(only === null ? {} : { only: new Set(only) }) };
        const target = { files: host.files, whereElse: () => null };
        return unwrap(await fuseOpened(await models.get(path, watch), options, target, watch));
      }),
    verify: ({ job, ...params }, context) =>
      runJob.run(
        job,
        context,
        (watch) => host.verify?.(params, watch, optionsOf) ?? raise('unsupported', NO_RUNS),
      ),
    ended: ({ job }) => runJob.ended(job),
  };
}

/** Runs jobs with their progress; what goes wrong in one is a problem. */
function jobRunner({ progress }: Pick<ModelHost, 'progress'>) {
  const jobs = new JobTable();
  return {
    run: <T>(job: number, { signal }: CallContext, work: (watch: Watch) => Promise<T>): Promise<T> =>
      jobs.run(job, async () => {
        try {
          return await work({ signal, progress: (fraction, label) => progress(job, fraction, label) });
        } catch (error) {
          if (signal.aborted) raise('cancelled', 'Cancelled.');
          if (error instanceof ProblemError) throw error;
          const words = error instanceof Error ? error.message : String(error);
          raise('failed', `An internal error stopped the work (${words}); please report it with the model.`);
        }
      }),
    ended: (job: number): Promise<void> => jobs.ended(job),
  };
}

/** @throws ProblemError `unsupported` for a checkpoint, whose blocks hang together nowhere. */
function graphOf(detection: Detection): Detection {
  if (detection.analysis.model.format === 'checkpoint') raise('unsupported', NO_GRAPH);
  return detection;
}

const NO_GRAPH =
  'A checkpoint holds weights and no graph; only its blocks can be shown. Export the model to see all of it.';
const NO_RUNS = 'Models are not run here but in the report; verify with it.';
