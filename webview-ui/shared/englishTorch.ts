import { CHECKPOINT } from './englishCheckpoint';

/** The texts around PyTorch's formats, in English. */
export const TORCH = {
  ...CHECKPOINT,
  'node.call': 'In the file: {call}',
  'header.setShapes': 'Set Input Shapes…',
  'header.setShapesHint':
    'TorchScript says no shapes: give those of the inputs, and costs and checks use them.',
  'header.changeShapes': 'Change Input Shapes…',
  'header.givenShapes': 'These shapes were given by you; the file says none.',
} as const;
