/** What part of the map the canvas shows: the world's point at its upper left corner, and pixels per unit. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Closer than this nothing gets clearer. */
const NEAREST = 2;
/** Items narrower than this are no longer told apart. */
const FARTHEST = 0.004;
const MARGIN = 24;

/** The whole map, or as much of its width as can be read; a deep network is seen from its top. */
export function fitted(map: Size, view: Size): Camera {
  const whole = Math.min(
    (view.width - 2 * MARGIN) / Math.max(1, map.width),
    (view.height - 2 * MARGIN) / Math.max(1, map.height),
  );
  const scale = Math.min(1, Math.max(FARTHEST, whole));
  return {
    scale,
    x: map.width / 2 - view.width / 2 / scale,
    y: Math.min(-MARGIN / scale, map.height / 2 - view.height / 2 / scale),
  };
}

/** At a size at which labels can be read, from the input on: how a deep network is best met. */
export function fromTop(map: Size, view: Size, at: number): Camera {
  const all = fitted(map, view);
  if (all.scale >= 0.6) return all;
  const scale = 0.8;
  return { scale, x: at - view.width / 2 / scale, y: -MARGIN / scale };
}

/** Nearer by a factor; the world's point under (x, y) of the view stays where it is. */
export function zoomed(camera: Camera, factor: number, x: number, y: number): Camera {
  const scale = Math.min(NEAREST, Math.max(FARTHEST, camera.scale * factor));
  return { scale, x: camera.x + x / camera.scale - x / scale, y: camera.y + y / camera.scale - y / scale };
}

/** Moved by pixels of the view. */
export function panned(camera: Camera, dx: number, dy: number): Camera {
  return { ...camera, x: camera.x - dx / camera.scale, y: camera.y - dy / camera.scale };
}

/** With a point of the world in the middle, near enough to read. */
export function centred(camera: Camera, view: Size, x: number, y: number): Camera {
  const scale = Math.max(camera.scale, 0.6);
  return { scale, x: x - view.width / 2 / scale, y: y - view.height / 2 / scale };
}
