"""
PyTorch itself on what we write: each .pt2 is fused to a .pt2, which torch.export.load loads, runs, unflattens and saves
again. On a random input its results may differ from the train form's by 1e-6 of the largest, in shorter types by 16
roundings. Programs: the fixtures, awkward ones made here, timm's networks where it is installed, and files given.
"""

import copy
import glob
import io
import logging
import os
import sys
import tempfile
import warnings

import torch
import torch.utils._pytree as pytree

from replens import ROOT, RepLens, Tally
from torchCases import cases, network_of

torch.set_num_threads(1)

LARGEST = 1e-6
"""Relative to the largest result, for float32 and float64: rounding of merged weights and of other sums."""

TIMM = {'repvgg_a0': 64, 'mobileone_s0': 64, 'fastvit_t8': 64, 'repvit_m0_9': 64}

def bound(tensor):
    short = tensor.dtype in (torch.float16, torch.bfloat16)
    return 16 * torch.finfo(tensor.dtype).eps if short else LARGEST


def tensors(outputs):
    return [leaf for leaf in pytree.tree_leaves(outputs) if isinstance(leaf, torch.Tensor)]


def drawn(inputs):
    """Other numbers in the place of the example's; copies, since a program may write into its inputs."""
    draw = lambda leaf: torch.randn_like(leaf) if isinstance(leaf, torch.Tensor) and leaf.is_floating_point() else leaf
    return pytree.tree_map(draw, inputs)


def difference(before, after):
    """The largest, as a part of the bound, and as a part of the largest result."""
    worst = (0.0, 0.0)
    for a, b in zip(before, after, strict=True):
        if a.shape != b.shape or a.dtype != b.dtype:
            raise ValueError(f'{tuple(b.shape)} of {b.dtype}, not {tuple(a.shape)} of {a.dtype}')
        if a.numel() == 0:
            continue
        a, allowed, b = a.double(), bound(a), b.double()
        relative = ((a - b).abs().max() / a.abs().max().clamp_min(1e-30)).item()
        worst = max(worst, (relative / allowed, relative))
    return worst


def run(module, inputs, times=2):
    """What a module gives, and what it makes of its inputs; twice, since it may keep a state."""
    args, kwargs = copy.deepcopy(inputs)
    with torch.no_grad():
        outputs = [tensors(module(*args, **kwargs)) for _ in range(times)]
    return [tensor for output in outputs for tensor in output] + tensors([args, kwargs])


def other_sizes(exported):
    """An input of another batch, where that is open."""
    args, kwargs = exported.example_inputs
    if not exported.range_constraints or kwargs or len(args) != 1:
        return None
    args = [torch.cat([args[0], args[0][:1]]) if args[0].shape[0] > 1 else args[0]]
    return drawn((tuple(args), kwargs))


def compare(train, fused):
    """The worst of a plain run, the unflattened modules, a file saved again, and another batch."""
    before, after = torch.export.load(train), torch.export.load(fused)
    inputs = drawn(before.example_inputs)
    expected = run(before.module(), inputs)
    worst = difference(expected, run(after.module(), inputs))
    if unflattens(before):
        worst = max(worst, difference(expected, run(torch.export.unflatten(torch.export.load(fused)), inputs)))
    again = io.BytesIO()
    torch.export.save(torch.export.load(fused), again)
    again.seek(0)
    worst = max(worst, difference(expected, run(torch.export.load(again).module(), inputs)))
    more = other_sizes(before)
    if more is not None:
        try:
            expected = run(torch.export.load(train).module(), more)
        except (RuntimeError, AssertionError):
            # the program's own guards want another one
            return worst, before, after
        worst = max(worst, difference(expected, run(torch.export.load(fused).module(), more)))
    return worst, before, after


def unflattens(exported):
    """PyTorch itself can't find the modules of some programs again."""
    try:
        torch.export.unflatten(exported)
    except Exception:
        return False
    return True


def calls(exported):
    return sum(node.op == 'call_function' for node in exported.graph.nodes)


def check(replens, folder, name, train):
    """The faults of one program, and its line in the table."""
    fused = os.path.join(folder, 'fused.pt2')
    if os.path.exists(fused):
        os.remove(fused)
    report = replens.fuse(train, fused)
    if 'crash' in report:
        return [report['crash']], name
    if 'problem' in report:
        line = f'{name:26} refused: {report["problem"]}'
        # programs that PyTorch itself loads no longer
        old = 'before 2.6' in report['problem'] or 'only PyTorch 2.1 wrote' in report['problem']
        return ([] if old else ['refused']), line
    if not report['fused']:
        return [], f'{name:26} has nothing to fuse'
    try:
        (part, relative), before, after = compare(train, fused)
    except Exception as error:
        return [f'{type(error).__name__}: {str(error)[-900:]}'], name
    sizes = f'{os.path.getsize(train) / 1e6:.2f} → {os.path.getsize(fused) / 1e6:.2f} MB'
    line = (
        f'{name:26} {len(report["fused"]):3} blocks, {calls(before):4} → {calls(after):4} calls, {sizes}, '
        f'largest difference {relative:.1e}'
    )
    return ([] if part <= 1 else [f'{relative:.2e} of the largest result']), line


def programs(folder):
    """Names and paths of .pt2 files."""
    for path in sorted(glob.glob(os.path.join(ROOT, 'test', 'fixtures', 'torch', '**', '*.pt2'), recursive=True)):
        # those of single calls have no blocks; the others have no example, and are made here
        if not {'ops', 'programs'} & set(path.split(os.sep)):
            yield os.path.basename(path), path
    for name, make in cases():
        torch.manual_seed(7)
        path = os.path.join(folder, 'train.pt2')
        torch.export.save(make(), path)
        yield name, path
    try:
        from compareTimm import import_timm

        timm, _ = import_timm()
    except ImportError:
        return
    for name, size in TIMM.items():
        torch.manual_seed(7)
        path = os.path.join(folder, 'train.pt2')
        # statistics of no data: with true ones the outputs are differences of what cancels, and two runs in float32 differ by more
        network = network_of(timm.create_model(name, pretrained=False))
        torch.export.save(torch.export.export(network, (torch.randn(2, 3, size, size),)), path)
        yield name, path


def main(paths):
    warnings.filterwarnings('ignore')
    logging.disable(logging.WARNING)
    tally, replens = Tally(), RepLens()
    with tempfile.TemporaryDirectory() as folder:
        given = ((os.path.basename(path), path) for path in paths)
        for name, path in given if paths else programs(folder):
            torch.manual_seed(11)
            faults, line = check(replens, folder, name, path)
            print(line, flush=True)
            tally.check(name, faults)
    replens.close()
    tally.finish()


if __name__ == '__main__':
    main(sys.argv[1:])
