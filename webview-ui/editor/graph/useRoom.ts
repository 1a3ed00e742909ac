import { useEffect, useLayoutEffect, useState, type RefObject } from 'react';

/** Room for the graph, in pixels. */
export interface Room {
  /** Width of its frame; 0 before it is known. */
  readonly width: number;
  /** How tall the frame may become, so that the inspector under it stays in sight. */
  readonly height: number;
}

/** What the header, the block's heading and a first look at the inspector take. */
const BESIDES = 418;
const LEAST = 320;

/** The room of the graph, followed as the window changes. */
export function useRoom(frame: RefObject<HTMLElement | null>): Room {
  const [width, setWidth] = useState(0);
  const [height, setHeight] = useState(tallest);
  useLayoutEffect(() => {
    const { current } = frame;
    if (current === null) return undefined;
    setWidth(current.clientWidth);
    const observer = new ResizeObserver(() => setWidth(current.clientWidth));
    observer.observe(current);
    return () => observer.disconnect();
  }, [frame]);
  useEffect(() => {
    const onResize = (): void => setHeight(tallest());
    window.addEventListener('resize', onResize);
    return () => window.removeEventListener('resize', onResize);
  }, []);
  return { width, height };
}

function tallest(): number {
  return Math.max(LEAST, window.innerHeight - BESIDES);
}
