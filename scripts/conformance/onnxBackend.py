"""
ONNX's own backend tests as decoys: every model is fused, and its outputs stay what the test's data says, within the
test's own tolerance, as far as onnxruntime can run the original. Where it can't, a model without blocks must be copied.
"""

import os
import sys
import tempfile

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases
from onnx.backend.test.loader import load_model_tests

from replens import RepLens, Tally, session


def generated_cases():
    """The node tests, which the package makes in memory: (name, model, data sets, rtol, atol)."""
    for case in collect_testcases(None):
        if case.model is not None:
            yield case.name, case.model.SerializeToString(), case.data_sets or [], case.rtol, case.atol


def stored_cases():
    """Tests whose model and data are files of the package; those that would have to be downloaded are left out."""
    for kind in ('simple', 'pytorch-converted', 'pytorch-operator', 'light'):
        for case in load_model_tests(kind=kind):
            path = os.path.join(case.model_dir or '', 'model.onnx')
            if not os.path.exists(path):
                print(f'not here: {case.name}')
                continue
            with open(path, 'rb') as file:
                model = file.read()
            yield case.name, model, list(stored_data(case.model_dir, model)), case.rtol, case.atol


def stored_data(folder, model):
    graph = onnx.load_model_from_string(model).graph
    for entry in sorted(os.listdir(folder)):
        place = os.path.join(folder, entry)
        if os.path.isdir(place) and entry.startswith('test_data_set'):
            yield stored_values(place, 'input', graph.input), stored_values(place, 'output', graph.output)


def stored_values(place, kind, ports):
    values = []
    for index, port in enumerate(ports):
        path = os.path.join(place, f'{kind}_{index}.pb')
        if not os.path.exists(path):
            break
        with open(path, 'rb') as file:
            content = file.read()
        values.append(read_value(content, port.type))
    return values


def read_value(content, kind):
    which = kind.WhichOneof('value')
    if which == 'sequence_type':
        return numpy_helper.to_list(onnx.SequenceProto.FromString(content))
    if which == 'optional_type':
        return numpy_helper.to_optional(onnx.OptionalProto.FromString(content))
    return numpy_helper.to_array(onnx.TensorProto.FromString(content))


def run(model, inputs):
    """The outputs, or None where onnxruntime does not run the model."""
    try:
        runner = session(model)
        feeds = {port.name: value for port, value in zip(runner.get_inputs(), inputs)}
        return runner.run(None, feeds)
    except Exception:  # onnxruntime raises whatever its C++ side throws
        return None


def same(actual, expected, rtol, atol):
    if isinstance(expected, (list, tuple)):
        return len(actual) == len(expected) and all(same(a, e, rtol, atol) for a, e in zip(actual, expected))
    if expected is None or actual is None:
        return actual is expected
    actual, expected = np.asarray(actual), np.asarray(expected)
    if actual.shape != expected.shape or actual.dtype != expected.dtype:
        return False
    if expected.dtype.kind not in 'fc':
        return bool(np.array_equal(actual, expected))
    return bool(np.allclose(actual, expected, rtol=rtol, atol=atol, equal_nan=True))


def faults_of(model, fused, report, data, rtol, atol):
    """What is wrong with a fused model, and whether onnxruntime ran it."""
    ran = False
    for inputs, expected in data:
        before = run(model, inputs)
        if before is None:
            continue
        ran = True
        after = run(fused, inputs)
        if after is None:
            return ['the fused model does not run'], True
        if same(before, expected, rtol, atol):
            if not same(after, expected, rtol, atol):
                return ['the fused outputs are not what the data says'], True
        elif not same(after, before, rtol, atol):  # random outputs, or a runtime that rounds another way
            if not same(run(model, inputs), before, rtol, atol):
                continue
            return ['the fused outputs differ from the original’s'], True
    if not report['fused'] and not same_model(model, fused):
        return ['nothing was fused, and yet the copy is another model'], ran
    if report['fused'] and not ran:
        return ['something was fused that could not be run'], ran
    return [], ran


def same_model(a, b):
    return a == b or onnx.load_model_from_string(a) == onnx.load_model_from_string(b)


def main():
    tally, fused_models, refused, unread, unrun, blocks = Tally(), 0, 0, 0, 0, 0
    replens = RepLens()
    with tempfile.TemporaryDirectory() as folder:
        source, target = os.path.join(folder, 'model.onnx'), os.path.join(folder, 'fused.onnx')
        for cases in (generated_cases(), stored_cases()):
            for name, model, data, rtol, atol in cases:
                with open(source, 'wb') as file:
                    file.write(model)
                report = replens.fuse(source, target)
                if 'crash' in report:
                    tally.check(name, [report['crash'].split('\n')[0]])
                    continue
                if 'problem' in report:
                    unread += 1
                    print(f'not read: {name}: {report["problem"]}')
                    continue
                with open(target, 'rb') as file:
                    faults, ran = faults_of(model, file.read(), report, data, rtol, atol)
                tally.check(name, faults)
                unrun += not ran
                fused_models += bool(report['fused'])
                blocks += len(report['fused'])
                refused += len(report['refused'])
    replens.close()
    print(
        f'{tally.passed + tally.failed} models: {blocks} blocks fused in {fused_models}, {refused} refused; '
        f'{unrun} that onnxruntime does not run; {unread} that RepLens does not read'
    )
    tally.finish()


if __name__ == '__main__':
    sys.exit(main())
