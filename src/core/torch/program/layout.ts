import { raise } from '../../result';
import type { Archive } from '../archive/archive';
import { configuredPayload, savedPayload, type Payload } from './payload';

/** Where an archive of `torch.export.save` keeps its parts. */
export interface ProgramParts {
  /** Name of the entry that holds the graph. */
  readonly graph: string;
  readonly weights: Payload;
  readonly constants: Payload;
}

/** The archive up to PyTorch 2.6. */
const OLD_GRAPH = 'serialized_exported_program.json';
const MODEL = /^models\/([^/]+)\.json$/;

/** The name of the entry with the graph; null where the archive is no exported program. */
export function graphEntry(archive: Archive): string | null {
  if (archive.has(OLD_GRAPH)) return OLD_GRAPH;
  const models = archive.names.filter((name) => MODEL.test(name));
  if (models.length > 1) {
    raise(
      'unsupported',
      `The archive holds ${models.length} programs (${models.slice(0, 5).join(', ')}); save each in a file of its own.`,
    );
  }
  return models[0] ?? null;
}

/** The parts of an exported program, in the archive of any version. */
export function programParts(archive: Archive, graph: string): ProgramParts {
  if (graph === OLD_GRAPH) {
    return {
      graph,
      weights: oldPayload(archive, 'state_dict'),
      constants: oldPayload(archive, 'constants'),
    };
  }
  const model = MODEL.exec(graph)?.[1] ?? '';
  return {
    graph,
    weights: newPayload(archive, 'weights', model),
    constants: newPayload(archive, 'constants', model),
  };
}

/** The first versions called the same pickle `.json`. */
function oldPayload(archive: Archive, role: string): Payload {
  const name = `serialized_${role}`;
  return savedPayload(archive, archive.has(`${name}.json`) ? `${name}.json` : `${name}.pt`);
}

/** A list of files, or one pickle as the first versions of this archive had it. */
function newPayload(archive: Archive, role: string, model: string): Payload {
  const folder = `data/${role}`;
  const saved = `${folder}/${model}.pt`;
  if (archive.has(saved)) return savedPayload(archive, saved);
  return configuredPayload(archive, folder, `${folder}/${model}_${role}_config.json`);
}
