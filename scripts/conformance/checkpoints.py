"""
Checkpoints of every family that has a table entry: the train form's state dict is fused by us, loaded `strict=True` into the
family's own deploy form, and computes the same; as a file of torch.save, read with `weights_only=True`, and as safetensors.
timm's networks are timm's own and reparameterized by timm; of other repositories' blocks the names are theirs
(scripts/fixtures/checkpoint_blocks.py).
"""

import copy
import os
import sys
import tempfile

import torch
from safetensors.torch import load_file, save_file
from torch import nn

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'fixtures'))
from checkpoint_blocks import families, randomize
from compareTimm import import_timm
from replens import RepLens, Tally

torch.set_num_threads(1)

TIMM = ['repvgg_a0', 'mobileone_s0', 'mobileone_s2', 'fastvit_t8', 'fastvit_sa12', 'repvit_m0_9', 'repghostnet_050']
BOUND = 2e-5
"""Largest difference of outputs, in units of the largest: float32 weights, rounded once, through some dozens of layers."""


def cases():
    for name, (channels, net) in families().items():
        net = randomize(net)
        yield name, net, randomize(net.deploy(), 1), torch.randn(2, channels, 16, 16)
    timm, reparameterize_model = import_timm()
    for name in TIMM:
        torch.manual_seed(0)
        net = timm.create_model(name, num_classes=7).eval()
        plausible(net)
        deploy = reparameterize_model(copy.deepcopy(net))
        for tensor in deploy.parameters():
            tensor.data.zero_()
        yield f'timm {name}', net, deploy, torch.randn(1, 3, 64, 64)


def plausible(net):
    """BN statistics as training leaves them, at a scale that keeps the numbers finite."""
    for module in net.modules():
        if isinstance(module, (nn.BatchNorm2d, nn.BatchNorm1d)):
            module.weight.data.uniform_(0.5, 1.2)
            module.bias.data.normal_(0, 0.1)
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.3, 1.5)


def difference(net, deploy, x):
    with torch.no_grad():
        ours, theirs = net(x), deploy(x)
    return ((ours - theirs).abs().max() / ours.abs().max()).item()


def faults(net, deploy, x, state):
    try:
        deploy.load_state_dict(state, strict=True)
    except RuntimeError as error:
        return [str(error).replace('\n', ' ')[:300]]
    off = difference(net.double(), deploy.double(), x.double())
    net.float(), deploy.float()
    return [] if off <= BOUND else [f'outputs differ by {off:.1e}']


def main():
    tally, replens = Tally(), RepLens()
    only = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        for name, net, deploy, x in cases():
            if only and name not in only:
                continue
            torch.manual_seed(1)
            files = {
                'plain.pth': lambda path: torch.save(net.state_dict(), path),
                'nested.ckpt': lambda path: torch.save({'epoch': 3, 'state_dict': net.state_dict(), 'lr': 0.1}, path),
                'wrapped.pt': lambda path: torch.save({f'module.{k}': v for k, v in net.state_dict().items()}, path),
                'net.safetensors': lambda path: save_file(net.state_dict(), path, {'format': 'pt'}),
            }
            options = {'identity': {'backbone.ERBlock_2.0': True}} if name == 'yolov6_qa' else {}
            for file, save in files.items():
                path, out = os.path.join(folder, file), os.path.join(folder, f'out.{file}')
                save(path)
                report = replens.fuse(path, out, options)
                if 'fused' not in report or not report['fused'] or report['refused']:
                    tally.check(f'{name} {file}', [str({k: v for k, v in report.items() if k in ('problem', 'crash', 'refused', 'fused')})])
                    continue
                loaded = load_file(out) if file.endswith('safetensors') else torch.load(out, weights_only=True)
                if file == 'nested.ckpt':
                    same = loaded['epoch'] == 3 and loaded['lr'] == 0.1
                    loaded = loaded['state_dict']
                    if not same:
                        tally.check(f'{name} {file}', ['epoch or lr changed'])
                if file == 'wrapped.pt':
                    loaded = {k.removeprefix('module.'): v for k, v in loaded.items()}
                tally.check(f'{name} {file}', faults(net, deploy, x, loaded))
    replens.close()
    tally.finish()


main()
