/** The texts of a notebook's outputs, in English. */
export const OUTPUT = {
  'output.model': 'Model {name}',
  'output.report': 'Verification of {name}',
  'output.problem': 'This output cannot be shown',
  'output.untrusted':
    'This workspace is not trusted, so the model is drawn and nothing of it is run; trust the workspace to verify.',
  'output.noHost':
    '{name} is a file beside the notebook, and only the RepLens extension can read it; install it, or open the notebook where it runs.',
  'output.asking': 'asking the extension for the file',
  'output.noFused': 'The fused model got lost on its way; fuse again.',
  'output.saved': 'Saved beside the notebook as {name}.',
  'output.savedElsewhere': 'Saved as {name}.',
  'output.downloaded': 'Handed over as a download: {name}.',
  'output.openSaved': 'Open {name}',
  'output.open': 'Open in RepLens',
  'output.fromFile': 'Drawn from the file. RepLens fuses and verifies it in its editor.',
} as const;
