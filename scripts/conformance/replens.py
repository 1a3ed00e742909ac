"""What the conformance checks share: our inspect and fuse for many files, counts of a model, runs in onnxruntime."""

import json
import os
import subprocess

import onnx
import onnxruntime

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class RepLens:
    """One Node process that fuses file after file (test/conformance/fuseFiles.ts)."""

    def __init__(self):
        command = [os.environ.get('REPLENS_NODE', 'node'), '--require', 'tsx/cjs', 'test/conformance/fuseFiles.ts']
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def fuse(self, path, output, options=None):
        """
        The report of `replens fuse --json` with `blocks` and `seconds` of `inspect`; or `problem`, or `crash`.
        `options`: what a checkpoint does not say, {'bnEps': 1e-3, 'identity': {'stage1.0': True}};
        what a script does not, {'shapes': {'x': [1, 3, 64, 64]}}.
        """
        self.process.stdin.write(json.dumps({'path': path, 'output': output, **(options or {})}) + '\n')
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if line == '':
            raise RuntimeError('The fusing process ended.')
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)


def counts(path):
    """(convolutions, nodes without Constant) of a file."""
    ops = [node.op_type for node in onnx.load(path, load_external_data=False).graph.node]
    return ops.count('Conv'), len(ops) - ops.count('Constant')


def session(model):
    """An onnxruntime session that computes the nodes as they are written: no optimizer fuses behind our back."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(model, options, providers=['CPUExecutionProvider'])


class Tally:
    """Counts and prints what passed and what did not."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, name, faults):
        if faults:
            self.failed += 1
            print(f'FAILED {name}: {"; ".join(faults)}', flush=True)
        else:
            self.passed += 1

    def finish(self):
        """The line that conformance.mjs adds up."""
        print(f'{self.passed} passed, {self.failed} failed', flush=True)
