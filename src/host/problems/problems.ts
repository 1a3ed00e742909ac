import * as vscode from 'vscode';
import { latest } from '../latest';
import type { ModelGlances } from '../modelGlances';
import type { ModelService } from '../modelService';
import type { ModelSessions } from '../modelSessions';
import { PYTHON, pythonModels } from '../python/pythonModels';
import { isOn, nearMisses, type NearMisses } from '../settings';
import type { TextDocuments } from '../text/textDocuments';
import { textUri } from '../text/textUri';
import type { CheckedFaults } from './checkedFaults';
import { diagnosticOf, type Finding } from './finding';
import { pythonProblems } from './pythonProblems';
import { textProblems } from './textProblems';
import type { HostPlatform } from '../hostPlatform';
import { modelKey } from '../modelKey';

export interface ProblemSources {
  readonly models: ModelService;
  readonly loadModelCalls: HostPlatform['loadModelCalls'];
  readonly sessions: ModelSessions;
  readonly texts: TextDocuments;
  readonly glances: ModelGlances;
  readonly faults: CheckedFaults;
}

/** While somebody types a script is not read at each key. */
const PAUSE_MS = 500;

/** The Problems panel: near misses and faults of the models that are open or were checked, on their text and in scripts. */
export class Problems implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection('replens');
  /** What the diagnostics of a document say, for its quick fixes. */
  readonly #findings = new Map<string, readonly Finding[]>();
  readonly #subscriptions: vscode.Disposable;

  constructor(private readonly sources: ProblemSources) {
    const { sessions, texts, glances, faults } = sources;
    const model = (uri: vscode.Uri): void => void this.#checkModel(uri);
    const scripts = latest(PAUSE_MS, () => void this.#checkScripts());
    this.#subscriptions = vscode.Disposable.from(
      sessions.onDidChange(model),
      texts.onDidChangeModel(model),
      faults.onDidChange((uri) => {
        model(uri);
        scripts.call();
      }),
      glances.onDidChange(() => scripts.call()),
      vscode.workspace.onDidChangeConfiguration(
        (change) => change.affectsConfiguration('replens.problems') && this.#publishAll(),
      ),
      vscode.workspace.onDidOpenTextDocument(() => scripts.call()),
      vscode.workspace.onDidChangeTextDocument(({ document }) => isPython(document) && scripts.call()),
      // a model's text is taken care of above
      vscode.workspace.onDidCloseTextDocument((document) => isPython(document) && this.#forget(document.uri)),
      { dispose: () => scripts.stop() },
    );
    scripts.call();
  }

  /** The findings at a place of a document. */
  at(document: vscode.Uri, range: vscode.Range): readonly Finding[] {
    const all = this.#findings.get(document.toString()) ?? [];
    return all.filter((finding) => finding.range.intersection(range) !== undefined);
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#collection.dispose();
  }

  async #checkModel(model: vscode.Uri): Promise<void> {
    const { models, sessions, texts, faults } = this.sources;
    const uri = textUri(model);
    const wrong = faults.of(model);
    const view = sessions.find(model)?.view ?? null;
    const isOpen = view !== null || texts.isOpen(model);
    const nothing = wrong.length === 0 && (!isOpen || (view !== null && view.totals.refused === 0));
    // a version in a repository and the like have the file in their query: it is of the past
    if (nothing || model.query !== '') {
      this.#set(uri, []);
      return;
    }
    const text = texts.isOpen(model) ? (await texts.index(uri))?.text : await this.#text(models, model);
    this.#set(uri, text === undefined ? [] : textProblems(text, model, wrong));
  }

  async #text(models: ModelService, model: vscode.Uri) {
    const read = await models.text(modelKey(model));
    return read.ok ? read.value : undefined;
  }

  async #checkScripts(): Promise<void> {
    const { glances, faults } = this.sources;
    for (const document of vscode.workspace.textDocuments) {
      if (!isPython(document)) continue;
      const calls = await pythonModels(document, glances, this.sources.loadModelCalls);
      if (document.isClosed) continue;
      this.#set(
        document.uri,
        pythonProblems(calls, (model) => faults.of(model)),
      );
    }
  }

  #set(document: vscode.Uri, findings: readonly Finding[]): void {
    this.#findings.set(document.toString(), findings);
    this.#publish(document, findings);
  }

  #publish(document: vscode.Uri, findings: readonly Finding[]): void {
    const shown = isOn('problems.enabled') ? asWished(findings, nearMisses()) : [];
    this.#collection.set(document, shown.map(diagnosticOf));
  }

  #publishAll(): void {
    for (const [document, findings] of this.#findings)
      this.#publish(vscode.Uri.parse(document, true), findings);
  }

  #forget(document: vscode.Uri): void {
    this.#findings.delete(document.toString());
    this.#collection.delete(document);
  }
}

/** Hints are dots under the code and in no list; the setting lifts them into it, or leaves them out. */
function asWished(findings: readonly Finding[], wish: NearMisses): readonly Finding[] {
  if (wish === 'hint') return findings;
  const { Hint, Information } = vscode.DiagnosticSeverity;
  if (wish === 'off') return findings.filter(({ severity }) => severity !== Hint);
  return findings.map((one) => (one.severity === Hint ? { ...one, severity: Information } : one));
}

function isPython(document: vscode.TextDocument): boolean {
  return vscode.languages.match([...PYTHON], document) > 0;
}
