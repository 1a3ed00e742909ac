/** The texts around shapes that a person gives to a model's inputs, in English. */
export const SHAPES = {
  'header.setShapes': 'Set Input Shapes…',
  'header.setShapesHint':
    'TorchScript says no shapes: give those of the inputs, and costs and checks use them.',
  'header.changeShapes': 'Change Input Shapes…',
  'header.givenShapes': 'These shapes were given by you; the file says none.',
} as const;
