import { useReactFlow, type Viewport } from '@xyflow/react';
import { useCallback, useEffect, useState } from 'react';

export interface Zoom {
  /** Whether a person has changed the scale. */
  readonly zoomed: boolean;
  zoom(factor: number): void;
  /** Back to where all of it can be seen. */
  fit(): void;
}

/** The graph's scale: as the layout wants it, until somebody zooms. */
export function useZoom(view: Viewport): Zoom {
  const flow = useReactFlow();
  const [zoomed, setZoomed] = useState(false);
  const fit = useCallback(() => {
    void flow.setViewport(view);
    setZoomed(false);
  }, [flow, view]);
  useEffect(fit, [fit]);
  const zoom = (factor: number): void => {
    void flow.zoomTo(flow.getZoom() * factor);
    setZoomed(true);
  };
  return { zoomed, zoom, fit };
}
