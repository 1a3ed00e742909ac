"""Puts the frames of test/host/movie.test.ts together: python scripts/mainJobMovie.py FRAMES OUT.gif (needs Pillow)."""

import sys
from pathlib import Path

from PIL import Image

WIDTH = 960
COLOURS = 96
# milliseconds a frame is shown: the first, each step, the last
FIRST, STEP, LAST = 1800, 1100, 3500


def main(folder: str, out: str) -> None:
    paths = sorted(Path(folder).glob("movie-*.png"))
    frames = [shrunk(Image.open(path).convert("RGB")) for path in paths]
    # one palette for all frames: only what changes is stored, and nothing flickers
    sheet = Image.new("RGB", (frames[0].width, frames[0].height * len(frames)))
    for place, frame in enumerate(frames):
        sheet.paste(frame, (0, place * frame.height))
    palette = sheet.quantize(COLOURS, method=Image.Quantize.MEDIANCUT)
    made = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    times = [FIRST, *[STEP] * (len(made) - 3), LAST - 1000, LAST]
    made[0].save(out, save_all=True, append_images=made[1:], duration=times, loop=0, optimize=True)
    print(f"{len(made)} frames, {Path(out).stat().st_size / 1e6:.2f} MB")


def shrunk(image: Image.Image) -> Image.Image:
    return image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main(*sys.argv[1:])
