import * as vscode from 'vscode';
import type { HostPlatform } from './hostPlatform';
import { watchActiveCheckpoint } from './activeCheckpoint';
import { BlockVerdicts } from './blockVerdicts';
import { ModelGlances } from './modelGlances';
import type { ModelService } from './modelService';
import type { ModelSessions } from './modelSessions';
import { CheckedFaults } from './problems/checkedFaults';
import { Problems } from './problems/problems';
import { registerQuickFixes } from './problems/quickFixes';
import { PythonLenses } from './python/pythonLenses';
import { PYTHON } from './python/pythonModels';
import { StatusBar } from './statusBar';
import { TextDocuments } from './text/textDocuments';
import { registerTextLanguage } from './text/textLanguage';
import { TextLenses } from './text/textLenses';
import { TEXT_LANGUAGE, TEXT_SCHEME } from './text/textUri';
import type { VerifyService } from './verifyService';

export interface SurfaceServices {
  readonly models: ModelService;
  readonly loadModelCalls: HostPlatform['loadModelCalls'];
  readonly sessions: ModelSessions;
  readonly verify: Pick<VerifyService, 'onDidFinish'>;
}

/** Where a person meets a model outside its editor: its text, scripts, the Problems panel, the status bar. */
export function openSurfaces({ models, loadModelCalls, sessions, verify }: SurfaceServices): {
  readonly texts: TextDocuments;
  readonly disposable: vscode.Disposable;
} {
  const texts = new TextDocuments(models);
  const glances = new ModelGlances(models);
  const faults = new CheckedFaults();
  const problems = new Problems({ models, loadModelCalls, sessions, texts, glances, faults });
  const disposable = vscode.Disposable.from(
    texts,
    texts.register(),
    registerTextLanguage(texts),
    vscode.languages.registerCodeLensProvider(
      { scheme: TEXT_SCHEME, language: TEXT_LANGUAGE },
      new TextLenses(texts),
    ),
    vscode.languages.registerCodeLensProvider([...PYTHON], new PythonLenses(glances, loadModelCalls)),
    verify.onDidFinish(({ original, fused, result }) => {
      if (result.ok) faults.set(original, fused, result.value);
    }),
    watchActiveCheckpoint(sessions),
    new BlockVerdicts(models, sessions, verify.onDidFinish),
    problems,
    registerQuickFixes(problems),
    new StatusBar(sessions, glances, verify),
    glances,
    faults,
  );
  return { texts, disposable };
}
