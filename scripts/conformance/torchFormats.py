"""PyTorch's own files of timm's networks: exported programs and scripts in every form that PyTorch writes them.

Each file is inspected and fused to ONNX by us. It must have the blocks of the network's ONNX export (families and
refusals), and what onnxruntime computes of the fused model must be the network's float64 result, within a few roundings.

    torchFormats.py [NAME …] [--forms static,trace,…] [--record FILE] [--minutes M]

All networks take some half an hour. With --minutes it begins no form after so many of them; with --record each result
is written down as a line of JSON, and the next run with the same file goes on where the last one ended.
"""

import argparse
import copy
import io
import json
import logging
import os
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout

import torch

from compareTimm import calibrated, import_timm
from replens import RepLens, Tally, session

torch.set_num_threads(1)

# How each is made where its defaults don't do for small images; `open` is False where height and width are part of it.
MODELS = {
    'repvgg_a0': {},
    'mobileone_s0': {},
    'mobileone_s1': {},
    'fastvit_t8': {},
    'repvit_m0_9': {},
    'repghostnet_050': {},
    'ghostnetv3_050': {},
    'resnet18': {},
    'efficientnet_b0': {},
    'tf_efficientnetv2_b0': {},
    'mobilenetv3_small_050': {},
    'convnext_atto': {},
    'convnextv2_atto': {},
    'regnety_002': {},
    'ghostnet_050': {},
    'vit_tiny_patch16_224': {'img_size': 64, 'open': False},
    'swin_tiny_patch4_window7_224': {'img_size': 64, 'window_size': 4, 'open': False},
    'efficientvit_b0': {},
    'poolformer_s12': {},
    'levit_128s': {'img_size': 64, 'open': False},
    'mixer_s16_224': {'img_size': 64, 'open': False},
    'densenet121': {},
    'inception_next_atto': {},
}

SIZE = 64
BATCH = 2

ROUNDINGS = {torch.float32: 2e-5, torch.float16: 2e-2, torch.bfloat16: 1.5e-1}
"""Allowed difference from float64, relative to the largest output: some hundred roundings one after the other."""

TIMES = 3
"""Or so many times the error of the ONNX export, fused: a network of many branches loses more."""


def batch_of(network, open_size):
    sizes = {0: torch.export.Dim('batch', max=64)}
    if open_size:
        sizes |= {2: torch.export.Dim.AUTO, 3: torch.export.Dim.AUTO}
    return sizes


def program(network, x, **options):
    with torch.no_grad():
        return torch.export.export(network, (x,), **options)


def save_program(network, x, path, **options):
    torch.export.save(program(network, x, **options), path)


def decomposed(network, x, path, spec):
    torch.export.save(program(network, x).run_decompositions(), path)


def traced(network, x):
    with torch.no_grad():
        return torch.jit.trace(network, x, check_trace=False)


FORMS = {
    'static': lambda network, x, path, spec: save_program(network, x, path),
    'strict': lambda network, x, path, spec: save_program(network, x, path, strict=True),
    'open': lambda network, x, path, spec: save_program(
        network, x, path, dynamic_shapes=(batch_of(network, spec.get('open', True)),)
    ),
    'core': decomposed,
    'trace': lambda network, x, path, spec: traced(network, x).save(path),
    'trace_frozen': lambda network, x, path, spec: torch.jit.freeze(traced(network, x)).save(path),
    'script': lambda network, x, path, spec: torch.jit.script(network).save(path),
    'script_frozen': lambda network, x, path, spec: torch.jit.freeze(torch.jit.script(network)).save(path),
    'trace_half': lambda network, x, path, spec: traced(network.half(), x.half()).save(path),
    'static_half': lambda network, x, path, spec: save_program(network.half(), x.half(), path),
    'static_bfloat16': lambda network, x, path, spec: save_program(network.bfloat16(), x.bfloat16(), path),
}
SCRIPTED = ('script', 'script_frozen')


def element_type(form):
    if form.endswith('_half'):
        return torch.float16
    return torch.bfloat16 if form.endswith('_bfloat16') else torch.float32


# Which ONNX export a form has its blocks in common with: at known sizes or not, with BN folded or not.
TWINS = {
    'open': 'open',
    'script': 'scripted',
    'script_frozen': 'scripted_folded',
    'trace_frozen': 'folded',
}


def export_onnx(network, x, path, twin):
    """With nothing folded the same layers stand in the file."""
    axes = {'open': {0: 'n', 2: 'h', 3: 'w'}, 'scripted': {0: 'n', 2: 'h', 3: 'w'}}.get(twin.split('_')[0])
    folded = {} if twin.endswith('folded') else {
        'training': torch.onnx.TrainingMode.PRESERVE, 'do_constant_folding': False,
    }  # fmt: skip
    dynamic = {} if axes is None else {'dynamic_axes': {'x': axes}}
    torch.onnx.export(network, (x,), path, input_names=['x'], opset_version=17, dynamo=False, **folded, **dynamic)


LONGEST = 90
"""Seconds for PyTorch to make one file: a network that takes longer is none to wait for."""


def too_long(*_):
    raise TimeoutError(f'it takes more than {LONGEST} s')


def quietly(action, *arguments):
    """Null, or the reason why PyTorch can't do it."""
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(LONGEST)
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            action(*arguments)
        return None
    except Exception as error:  # noqa: BLE001: whatever PyTorch raises for a network it can't export
        lines = str(error).strip().splitlines()
        return f'{type(error).__name__}: {lines[0][:120] if lines else ""}'
    finally:
        signal.alarm(0)


def blocks_of(report):
    """Whether a merge pays is left out: exporters write other nodes around a block."""
    codes = [(block['family'], (block.get('refusal') or {}).get('code')) for block in report['blocks']]
    return Counter((family, None if code == 'unprofitable' else code) for family, code in codes)


def problem_of(report):
    return report.get('crash') or report.get('problem')


def difference(path, x, exact):
    runner = session(path)
    name = runner.get_inputs()[0].name
    result = torch.from_numpy(runner.run(None, {name: x})[0]).double()
    return ((result - exact).abs().max() / exact.abs().max()).item()


class Twins:
    """A network's ONNX exports, each made when a form asks for it: their blocks, and their error once they are fused."""

    def __init__(self, replens, folder, name, network, x, exact):
        self.replens, self.folder, self.name, self.network, self.x, self.exact = replens, folder, name, network, x, exact
        self.known = {}

    def get(self, twin):
        if twin not in self.known:
            self.known[twin] = self.measure(twin)
        return self.known[twin]

    def measure(self, twin):
        path, fused = (os.path.join(self.folder, f'{self.name}.{twin}{end}.onnx') for end in ('', '.fused'))
        why = quietly(export_onnx, copy.deepcopy(self.network), self.x, path, twin)
        if why is not None:
            return None, 0, why
        report = self.replens.fuse(path, fused)
        if problem_of(report) is not None:
            return None, 0, problem_of(report)
        return blocks_of(report), difference(fused, self.x.numpy(), self.exact), report['seconds']


def check_form(replens, folder, name, form, spec, network, x, exact, twins):
    path, fused = os.path.join(folder, f'{name}.{form}.pt2'), os.path.join(folder, f'{name}.{form}.onnx')
    if form in SCRIPTED and spec.get('scripted') is not None:
        network = spec['scripted']
    why = quietly(FORMS[form], copy.deepcopy(network), x, path, spec)
    if why is not None:
        return None, f'PyTorch does not export it: {why}'
    size = os.path.getsize(path)
    report = replens.fuse(path, fused)
    given = ''
    if '--shape' in (problem_of(report) or ''):
        given = ' with --shape'
        report = replens.fuse(path, fused, {'shapes': {'x': list(x.shape)}})
    if problem_of(report) is not None:
        return [problem_of(report)], given
    faults = []
    found = blocks_of(report)
    twin, error_of_twin, seconds = twins.get('static' if given else TWINS.get(form, 'static'))
    if twin is not None and found != twin:
        faults.append(f'blocks {dict(found - twin)} instead of {dict(twin - found)}')
    dtype = element_type(form)
    error = None
    try:
        if dtype == torch.bfloat16:
            return faults, f'{len(report["blocks"])} blocks, not run'
        error = difference(fused, x.to(dtype).numpy(), exact)
        if not error <= max(ROUNDINGS[dtype], TIMES * error_of_twin):
            faults.append(f'error {error:.1e} of the largest output')
    except Exception as error_of_run:  # noqa: BLE001: onnxruntime's
        faults.append(str(error_of_run)[:300])
    return faults, (
        f'{len(report["blocks"]):3} blocks in {report["seconds"]:.2f} s of {size / 2**20:.0f} MB '
        f'(ONNX: {sum(twin.values()) if twin is not None else "none"} in {seconds} s), '
        f'error {error:.1e} (ONNX {error_of_twin:.1e}){given}'
    )


def made(timm, name, spec, **more):
    options = {key: value for key, value in spec.items() if key not in ('open', 'scripted')}
    torch.manual_seed(7)
    network = timm.create_model(name, pretrained=False, num_classes=10, **options, **more)
    for parameter in network.parameters():
        # a last layer of zeros would hide every error
        if parameter.dim() > 1 and not parameter.data.any():
            parameter.data.normal_(0, 0.02)
    return network


class Record:
    """What was found, form by form; in a file, where a run is to go on after another."""

    def __init__(self, path, minutes):
        self.path, self.end = path, time.monotonic() + 60 * minutes
        self.known = {}
        if path is not None and os.path.exists(path):
            with open(path, encoding='utf-8') as lines:
                for line in map(json.loads, lines):
                    self.known[line['network'], line['form']] = line

    def has(self, name, form):
        return (name, form) in self.known

    def is_over(self):
        return time.monotonic() > self.end

    def add(self, name, form, faults, line):
        entry = {'network': name, 'form': form, 'faults': faults, 'line': line}
        self.known[name, form] = entry
        if self.path is not None:
            with open(self.path, 'a', encoding='utf-8') as lines:
                lines.write(json.dumps(entry, ensure_ascii=False) + '\n')


def check_model(timm, replens, record, folder, name, forms):
    missing = [form for form in forms if not record.has(name, form)]
    if not missing or record.is_over():
        return
    spec = dict(MODELS[name])
    network = calibrated(made(timm, name, spec), SIZE)
    if any(form in SCRIPTED for form in missing):
        spec['scripted'] = made(timm, name, spec, scriptable=True, exportable=True).eval()
        spec['scripted'].load_state_dict(network.state_dict())
    x = torch.randn(BATCH, 3, SIZE, SIZE)
    with torch.no_grad():
        exact = copy.deepcopy(network).double()(x.double())
    twins = Twins(replens, folder, name, network, x, exact)
    print(f'{name}:', flush=True)
    for form in missing:
        if record.is_over():
            return
        begun = time.monotonic()
        faults, line = check_form(replens, folder, name, form, spec, network, x, exact, twins)
        print(f'  {form:14} {line} ({time.monotonic() - begun:.0f} s)', flush=True)
        for fault in faults or []:
            print(f'    {fault}', flush=True)
        record.add(name, form, faults, line)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('names', nargs='*')
    parser.add_argument('--forms', default='static,trace,script_frozen', help=', '.join(FORMS))
    parser.add_argument('--keep', help='a folder for the files')
    parser.add_argument('--record', help='a file to go on from')
    parser.add_argument('--minutes', type=float, default=float('inf'))
    options = parser.parse_args()
    warnings.filterwarnings('ignore')
    logging.disable(logging.WARNING)
    timm, _ = import_timm()
    tally, replens, record = Tally(), RepLens(), Record(options.record, options.minutes)
    names, forms = options.names or list(MODELS), options.forms.split(',')
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or temporary
        for name in names:
            check_model(timm, replens, record, folder, name, forms)
            if options.keep is None:
                for file in os.listdir(folder):
                    os.remove(os.path.join(folder, file))
    replens.close()
    asked = [(name, form) for name in names for form in forms]
    for name, form in asked:
        found = record.known.get((name, form))
        # what PyTorch itself does not export says nothing of us
        if found is not None and found['faults'] is not None:
            tally.check(f'{name} {form}', found['faults'])
    missing = sum(not record.has(name, form) for name, form in asked)
    if missing > 0:
        print(f'{missing} of {len(asked)} are left for another run', flush=True)
    tally.finish()


if __name__ == '__main__':
    main()
