"""
Checkpoints of every family that has a table entry: the train form's state dict is fused by us, loaded `strict=True` into the
family's own deploy form, and computes the same; as a file of torch.save, read with `weights_only=True`, and as safetensors.
timm's networks are timm's own and reparameterized by timm; of other repositories' blocks the names are theirs
(scripts/fixtures/checkpoint_blocks.py). `--originals FOLDER` takes the blocks of their own sources instead (originals.py).
"""

import copy
import io
import os
import sys
import tempfile
from contextlib import redirect_stdout

import torch
from safetensors.torch import load_file, save_file
from torch import nn

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'fixtures'))
from checkpoint_blocks import families, randomize
from compareTimm import import_timm
from originals import Missing, originals, strangers
from replens import RepLens, Tally

torch.set_num_threads(1)

TIMM = ['repvgg_a0', 'mobileone_s0', 'mobileone_s2', 'fastvit_t8', 'fastvit_sa12', 'repvit_m0_9', 'repghostnet_050', 'ghostnetv3_050']
OPTIONS = {
    'yolov6_qa': {'identity': {'backbone.ERBlock_2.0': True}},
    'qarepvgg': {'identity': {'stage1.1': True}},
}
"""What a file does not say."""
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


def compare_originals(folder, only, tally, replens):
    """Blocks of the original sources: fused by us, loaded into what their own conversion leaves, computed in float64."""
    for case in originals():
        if only and case.title not in only:
            continue
        torch.manual_seed(0)
        try:
            with redirect_stdout(io.StringIO()):
                net = randomize(case.network(folder))
                deploy = case.deployed(net)
        except Missing as error:
            print(f'{case.title}: not there, {error}')
            continue
        x = torch.randn(2, case.channels, 16, 16)
        theirs = difference(copy.deepcopy(net).double(), copy.deepcopy(deploy).double(), x.double())
        for tensor in deploy.parameters():
            tensor.data = torch.zeros_like(tensor)
        worst = 0.0
        for file, save in FILES.items():
            with tempfile.TemporaryDirectory() as out:
                path, fused = os.path.join(out, file), os.path.join(out, f'fused.{file}')
                save({name: tensor.contiguous() for name, tensor in net.state_dict().items()}, path)
                report = replens.fuse(path, fused, case.options)
                if not report.get('fused') or report['refused']:
                    tally.check(f'{case.title} {file}', [str(report)[:400]])
                    continue
                state = load_file(fused) if file.endswith('safetensors') else torch.load(fused, weights_only=True)
            faulty = faults(copy.deepcopy(net), deploy, x, state)
            tally.check(f'{case.title} {file}', faulty)
            if not faulty:
                worst = max(worst, difference(copy.deepcopy(net).double(), copy.deepcopy(deploy).double(), x.double()))
        print(f'{case.title}: off by {worst:.1e}, the original by {theirs:.1e}', flush=True)
    for title, net in strangers(folder):
        if only and title not in only:
            continue
        for file, save in FILES.items():
            with tempfile.TemporaryDirectory() as out:
                path = os.path.join(out, file)
                save(net.state_dict(), path)
                report = replens.fuse(path, os.path.join(out, f'fused.{file}'), {})
            print(f'{title} {file}: {report.get("problem") or report.get("refused")}')
            tally.check(f'{title} {file}', [f'merged {report["fused"]}'] if report.get('fused') else [])


FILES = {
    'net.pth': torch.save,
    'net.safetensors': lambda state, path: save_file(state, path, {'format': 'pt'}),
}


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
    if '--originals' in only:
        at = only.index('--originals')
        folder, only = only[at + 1], only[:at] + only[at + 2 :]
        compare_originals(os.path.abspath(folder), only, tally, replens)
        replens.close()
        tally.finish()
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, net, deploy, x in cases():
            if only and name not in only:
                continue
            torch.manual_seed(1)
            files = {
                'plain.pth': lambda path: torch.save(net.state_dict(), path),
                'nested.ckpt': lambda path: torch.save({'epoch': 3, 'state_dict': net.state_dict(), 'lr': 0.1}, path),
                'wrapped.pt': lambda path: torch.save({f'module.{k}': v for k, v in net.state_dict().items()}, path),
                'newest.pth': lambda path: torch.save(net.state_dict(), path, pickle_protocol=5),
                'net.safetensors': lambda path: save_file(net.state_dict(), path, {'format': 'pt'}),
            }
            options = OPTIONS.get(name, {})
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
