import { raise } from '../result';
import type { Archive } from '../torch/archive/archive';
import { parseModule } from './syntax/parseModule';
import type { ClassSource, FunctionSource, ModuleSource } from './syntax/syntaxTree';

/** Of all files together: the largest networks have some megabytes, and each byte takes some hundred once it is parsed. */
const MOST_SOURCE_BYTES = 2 ** 23;

/** A class or function with the file that it is in. */
export interface Found<T> {
  readonly file: string;
  readonly source: T;
}

/** The archive's code, parsed file by file when somebody asks. */
export class ScriptSources {
  private bytesRead = 0;
  private readonly files = new Map<string, ModuleSource>();

  constructor(private readonly archive: Archive) {}

  /** @param name "__torch__.torch.nn.modules.conv.Conv2d"; null where the archive has none of that name. */
  classOf(name: string): Found<ClassSource> | null {
    return this.find(name, (file, own) => file.classes.get(own));
  }

  /** @param name "__torch__.torch.nn.functional.relu"; null where the archive has none of that name. */
  functionOf(name: string): Found<FunctionSource> | null {
    return this.find(name, (file, own) => file.functions.get(own));
  }

  private find<T>(name: string, pick: (file: ModuleSource, own: string) => T | undefined): Found<T> | null {
    const dot = name.lastIndexOf('.');
    if (dot < 0) return null;
    const file = `code/${name.slice(0, dot).replaceAll('.', '/')}.py`;
    if (!this.archive.has(file)) return null;
    const source = pick(this.parsed(file), name.slice(dot + 1));
    return source === undefined ? null : { file, source };
  }

  private parsed(file: string): ModuleSource {
    const known = this.files.get(file);
    if (known !== undefined) return known;
    const bytes = this.archive.read(file, MOST_SOURCE_BYTES);
    this.bytesRead += bytes.length;
    if (this.bytesRead > MOST_SOURCE_BYTES)
      raise('unsupported', 'The archive holds more code than that of any model; export it again.');
    const module = parseModule(textOf(bytes, file), file);
    this.files.set(file, module);
    return module;
  }
}

function textOf(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return raise('bad-input', `"${file}" in the archive is no text; save the model again.`);
  }
}
