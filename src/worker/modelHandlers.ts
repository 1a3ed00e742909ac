import { ProblemError, raise, unwrap } from '../core/result';
import type { Watch } from '../core/pipeline';
import { blockGraph } from '../core/view/blockGraph';
import { glance } from '../core/view/glance';
import { foldPair } from '../core/view/foldPair';
import { findInMap, modelMap } from '../core/view/map/modelMap';
import { modelView } from '../core/view/modelView';
import { nodeView, tensorView } from '../core/view/nodeView';
import { onnxText } from '../core/view/text/onnxText';
import type { ModelWorkerMethods } from '../protocol/modelWorker';
import type { CallContext, Handlers } from '../protocol/rpc';
import { companionList } from './companionList';
import { foldBlock } from './jobs/foldBlock';
import { fuseFile } from './jobs/fuseFile';
import { verifyFiles } from './jobs/verifyFiles';
import { JobTable } from './jobTable';
import { ModelStore } from './modelStore';
import { openSizes } from './openSizes';

export interface ModelHost {
  /** Folder that holds onnxruntime's binary. */
  readonly ortFolder: string;
  progress(job: number, fraction: number, label: string): void;
}

/** What the worker thread beside the extension host answers. */
export function modelHandlers(host: ModelHost): Handlers<ModelWorkerMethods> {
  const models = new ModelStore();
  const jobs = new JobTable();
  const runJob = <T>(job: number, { signal }: CallContext, work: (watch: Watch) => Promise<T>): Promise<T> =>
    jobs.run(job, async () => {
      try {
        return await work({ signal, progress: (fraction, label) => host.progress(job, fraction, label) });
      } catch (error) {
        if (signal.aborted) raise('cancelled', 'Cancelled.');
        if (error instanceof ProblemError) throw error;
        const words = error instanceof Error ? error.message : String(error);
        raise('failed', `An internal error stopped the work (${words}); please report it with the model.`);
      }
    });
  return {
    open: ({ path, job }, context) =>
      runJob(job, context, (watch) => Promise.resolve(modelView(models.open(path, watch).detection))),
    close: ({ path }) => models.close(path),
    blockGraph: ({ path, id }) => blockGraph(models.get(path).detection, id),
    node: ({ path, name }) => nodeView(models.get(path).detection, name),
    tensor: ({ path, name }) => tensorView(models.get(path).detection, name),
    glance: ({ path }) => models.glimpse(path, ({ detection }) => glance(detection)),
    text: ({ path }) => models.glimpse(path, ({ detection }) => onnxText(detection)),
    fold: ({ path, id }, { signal }) => foldBlock(models.get(path).detection, id, signal),
    foldPair: ({ path, ...pair }) => foldPair(models.get(path).detection, pair),
    map: ({ path, open }) => modelMap(models.get(path).detection, open === null ? null : new Set(open)),
    findInMap: ({ path, text }) => findInMap(models.get(path).detection, text),
    openSizes: ({ path }) => openSizes(models.get(path).detection),
    companions: ({ path }) => companionList(path),
    fuse: ({ path, output, only, force, job }, context) =>
      runJob(job, context, async (watch) => {
        const options = { output, force, ...(only === null ? {} : { only: new Set(only) }) };
        return unwrap(await fuseFile(models.get(path, watch), options, watch));
      }),
    verify: ({ original, fused, samples, seed, sizes, inputs, job }, context) =>
      runJob(job, context, async (watch) => {
        const { ortFolder } = host;
        const bound = new Map(Object.entries(sizes));
        const options = { samples, seed, sizes: bound, inputs, ortFolder, explains: true };
        return unwrap(await verifyFiles(original, fused, options, watch));
      }),
    ended: ({ job }) => jobs.ended(job),
  };
}
