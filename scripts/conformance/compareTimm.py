"""
timm's own `reparameterize_model` as a yardstick: each network is exported twice, as it was trained and reparameterized
by timm. The train form, fused by us, may have no more convolutions and no more nodes than timm's form, and its error
against a float64 run of the network may be at most 10 % larger.

Weights are random; batch normalization gets the statistics that training would give it.
"""

import copy
import importlib.abc
import importlib.machinery
import importlib.util
import io
import logging
import os
import sys
import tempfile
import types
import warnings
from contextlib import redirect_stderr, redirect_stdout

import torch

torch.set_num_threads(1)

from replens import RepLens, Tally, counts, session

# The smallest of each family, images small enough for a slow machine.
MODELS = {
    'repvgg_a0': 64,
    'mobileone_s0': 64,
    'fastvit_t8': 64,
    'repvit_m0_9': 64,
    'repghostnet_050': 64,
    'ghostnetv3_050': 64,
}

LARGER = 1.1
"""Allowed ratio of errors."""

IMAGES = 8


class NoTorchvision(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """timm imports torchvision for its data pipeline; its models do without. Names in it stand for nothing."""

    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] != 'torchvision':
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        module = types.ModuleType(spec.name)
        module.__getattr__ = lambda name: nothing(name)
        return module

    def exec_module(self, module):
        module.__version__ = '0.0'


class Nothing(type):
    def __getattr__(cls, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return f'{cls.__name__}.{name}'


def nothing(name):
    if name.startswith('__'):
        raise AttributeError(name)
    return Nothing(name, (), {})


def import_timm():
    if importlib.util.find_spec('torchvision') is None:
        sys.meta_path.insert(0, NoTorchvision())
    import timm
    from timm.utils import reparameterize_model

    return timm, reparameterize_model


def calibrated(network, size):
    """Scales, shifts and running statistics as a trained network has them: apart from 1 and 0, and true to its data."""
    norms = (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d)
    for module in network.modules():
        if isinstance(module, norms):
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.2)
            module.momentum = 0.3
    network.train()
    with torch.no_grad():
        for _ in range(12):
            network(torch.randn(IMAGES, 3, size, size))
    return network.eval()


def export(network, size, path):
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        torch.onnx.export(
            network,
            (torch.randn(1, 3, size, size),),
            path,
            input_names=['x'],
            output_names=['y'],
            dynamic_axes={'x': {0: 'batch'}, 'y': {0: 'batch'}},
            opset_version=17,
            dynamo=False,
        )


def error(path, images, exact):
    """The root mean square error, and the largest: one largest element alone would be a matter of luck."""
    outputs = session(path).run(None, {'x': images.numpy()})[0]
    difference = torch.from_numpy(outputs).double() - exact
    return difference.pow(2).mean().sqrt().item(), difference.abs().max().item()


def compare(timm, reparameterize_model, replens, folder, name, size):
    """The faults, and a line of numbers."""
    torch.manual_seed(7)
    network = calibrated(timm.create_model(name, pretrained=False), size)
    images = torch.randn(IMAGES, 3, size, size)
    with torch.no_grad():
        exact = copy.deepcopy(network).double()(images.double())
    train, theirs, ours = (os.path.join(folder, f'{name}.{kind}.onnx') for kind in ('train', 'timm', 'fused'))
    export(network, size, train)
    export(reparameterize_model(network), size, theirs)
    report = replens.fuse(train, ours)
    if 'crash' in report or 'problem' in report:
        return [report.get('crash') or report.get('problem')], name
    (our_convs, our_nodes), (their_convs, their_nodes) = counts(ours), counts(theirs)
    (our_rms, our_max), (their_rms, their_max) = error(ours, images, exact), error(theirs, images, exact)
    faults = []
    if our_convs > their_convs:
        faults.append(f'{our_convs} convolutions, timm has {their_convs}')
    if our_nodes > their_nodes:
        faults.append(f'{our_nodes} nodes, timm has {their_nodes}')
    if our_rms > LARGER * their_rms:
        faults.append(f'error {our_rms:.2e}, timm’s {their_rms:.2e}')
    line = (
        f'{name:16} {len(report["fused"]):3} blocks in {report["seconds"]:.2f} s, {len(report["refused"])} refused; '
        f'convolutions {counts(train)[0]} → {our_convs} (timm {their_convs}), nodes {counts(train)[1]} → {our_nodes} '
        f'(timm {their_nodes}); rms error {our_rms:.2e} (timm {their_rms:.2e}), largest {our_max:.2e} ({their_max:.2e})'
    )
    return faults, line


def main(names):
    warnings.filterwarnings('ignore')
    logging.disable(logging.WARNING)
    timm, reparameterize_model = import_timm()
    tally, replens = Tally(), RepLens()
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            faults, line = compare(timm, reparameterize_model, replens, folder, name, MODELS[name])
            print(line, flush=True)
            tally.check(name, faults)
    replens.close()
    tally.finish()


if __name__ == '__main__':
    main(sys.argv[1:] or list(MODELS))
