/** A drawing to read: nothing in it can be dragged, connected or deleted, and the wheel scrolls the page. */
export const STILL = {
  minZoom: 0.1,
  maxZoom: 2,
  nodesDraggable: false,
  nodesConnectable: false,
  nodesFocusable: false,
  edgesFocusable: false,
  elementsSelectable: false,
  disableKeyboardA11y: true,
  zoomOnScroll: false,
  zoomOnDoubleClick: false,
  panOnScroll: false,
  preventScrolling: false,
  deleteKeyCode: null,
  selectionKeyCode: null,
  multiSelectionKeyCode: null,
  panActivationKeyCode: null,
  zoomActivationKeyCode: null,
  // the licence (MIT) allows it; the project's notices name the library
  proOptions: { hideAttribution: true },
} as const;
