"""
Every operator of ONNX inside a block: each node test whose output has the shape of its first input, [N, C, spatial…] in
float32, becomes the second branch of a block, y = conv(x) + f(x) and y = conv(x) + f(bn(conv₂(x))), its other inputs
made constants. Whatever RepLens makes of it, the outputs stay, within float32 rounding; as far as onnxruntime runs it.
"""

import os
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.backend.test.case.node import collect_testcases

from replens import RepLens, Tally, session

ROUNDOFF = 2.0**-24


def usable_cases():
    """(name, model, inputs, output) of the tests that fit into a block."""
    for case in collect_testcases(None):
        if case.model is None or not case.data_sets:
            continue
        inputs, outputs = case.data_sets[0]
        graph = case.model.graph
        first = inputs[0] if inputs else None
        fits = (
            isinstance(first, np.ndarray)
            and first.dtype == np.float32
            and first.ndim in (3, 4, 5)
            and len(graph.input) == len(inputs)
            and all(isinstance(value, np.ndarray) for value in inputs[1:])
            and len(outputs) > 0
            and isinstance(outputs[0], np.ndarray)
            and outputs[0].dtype == np.float32
            and outputs[0].shape == first.shape
        )
        if fits:
            yield case.name, case.model, inputs, outputs[0]


def in_block(model, inputs, behind_conv, random):
    """The model with its operator as a branch beside a convolution; returns it and Σ|w||x| + |b| at most."""
    block = onnx.ModelProto()
    block.CopyFrom(model)
    graph = block.graph
    if all(opset.domain not in ('', 'ai.onnx') for opset in block.opset_import):
        block.opset_import.append(helper.make_opsetid('', 17))
    source, image = graph.input[0].name, inputs[0]
    channels, rank = image.shape[1], image.ndim - 2
    constants = {port.name: value for port, value in zip(graph.input[1:], inputs[1:])}

    def add(name, value):
        graph.initializer.append(numpy_helper.from_array(value.astype(np.float32), name))

    for name, value in constants.items():
        graph.initializer.append(numpy_helper.from_array(value, name))
    weight = random.normal(size=(channels, channels) + (3,) * rank) / 3
    add('block.w', weight)
    add('block.b', random.normal(size=channels))
    nodes = list(graph.node)
    output = nodes[-1].output[0] if graph.output[0].name in nodes[-1].output else graph.output[0].name
    extent = float(np.abs(weight).sum(axis=tuple(range(1, rank + 2))).max()) * float(np.abs(image).max()) + 4
    head = []
    if behind_conv:
        add('block.w2', random.normal(size=(channels, channels) + (1,) * rank) / channels)
        for name in ('scale', 'shift', 'mean', 'variance'):
            add(f'block.{name}', random.uniform(0.5, 1.5, size=channels))
        statistics = [f'block.{name}' for name in ('scale', 'shift', 'mean', 'variance')]
        head.append(helper.make_node('Conv', [source, 'block.w2'], ['block.linear'], 'block.conv2'))
        head.append(helper.make_node('BatchNormalization', ['block.linear', *statistics], ['block.inner'], 'block.bn'))
        for node in nodes:
            for place, name in enumerate(node.input):
                if name == source:
                    node.input[place] = 'block.inner'
    pads = [1] * (2 * rank)
    tail = [
        helper.make_node('Conv', [source, 'block.w', 'block.b'], ['block.side'], 'block.conv', pads=pads),
        helper.make_node('Add', ['block.side', output], ['block.y'], 'block.add'),
    ]
    del graph.node[:], graph.input[1:], graph.output[:]
    graph.node.extend(head + nodes + tail)
    shape = list(image.shape)
    graph.output.append(helper.make_tensor_value_info('block.y', TensorProto.FLOAT, shape))
    return block.SerializeToString(), extent


def run(model, feeds):
    try:
        return session(model).run(None, feeds)[0]
    except Exception:  # onnxruntime raises whatever its C++ side throws
        return None


def faults_of(model, fused, source, inputs, extent):
    """What is wrong with the fused model; None where onnxruntime does not run the original."""
    feeds = {source: inputs[0]}
    before = run(model, feeds)
    if before is None:
        return None
    after = run(fused, feeds)
    if after is None:
        return ['the fused model does not run']
    if before.shape != after.shape:
        return [f'the fused model gives {after.shape} instead of {before.shape}']
    finite = before[np.isfinite(before)]
    largest = float(np.abs(finite).max()) if finite.size else 0.0
    # both sides sum at most 27·C + 16 products; branches may cancel, so |y| alone bounds nothing
    products = 27 * inputs[0].shape[1] + 16
    tolerance = 2 * products * ROUNDOFF * (4 * extent + largest)
    if np.allclose(after, before, rtol=0, atol=tolerance, equal_nan=True):
        return []
    return [f'differs by {np.nanmax(np.abs(after - before)):.2e}, rounding explains {tolerance:.2e}']


def main():
    tally, unrun, merged, codes = Tally(), 0, 0, {}
    replens = RepLens()
    random = np.random.default_rng(11)
    with tempfile.TemporaryDirectory() as folder:
        path, target = os.path.join(folder, 'model.onnx'), os.path.join(folder, 'fused.onnx')
        for name, case, inputs, _ in usable_cases():
            for behind_conv in (False, True):
                label = f'{name}{" behind conv + BN" if behind_conv else ""}'
                model, extent = in_block(case, inputs, behind_conv, random)
                with open(path, 'wb') as file:
                    file.write(model)
                report = replens.fuse(path, target)
                if 'crash' in report or 'problem' in report:
                    tally.check(label, [str(report.get('crash') or report.get('problem')).split('\n')[0]])
                    continue
                with open(target, 'rb') as file:
                    faults = faults_of(model, file.read(), case.graph.input[0].name, inputs, extent)
                if faults is None:
                    unrun += 1
                    continue
                tally.check(label, faults)
                merged += len(report['fused']) > 0
                for refusal in report['refused']:
                    codes[refusal['code']] = codes.get(refusal['code'], 0) + 1
    replens.close()
    listed = ', '.join(f'{count} {code}' for code, count in sorted(codes.items()))
    print(f'{merged} of {tally.passed + tally.failed} merged; refused: {listed}; {unrun} that onnxruntime does not run')
    tally.finish()


if __name__ == '__main__':
    main()
