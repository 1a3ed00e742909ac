import assert from 'node:assert/strict';
import { modelCalls } from '../../../src/host/python/modelCalls';
import { cpuTime } from '../../support/cpuTime';

const found = (...lines: string[]): readonly string[] =>
  modelCalls(lines.join('\n')).map(({ api, kind, file }) => `${kind} ${api} ${file}`);

describe('model files in a Python script', () => {
  it('are weights alone, too', () => {
    assert.deepEqual(
      found(
        'from safetensors.torch import save_file, load_file',
        'save_file(model.state_dict(), "a.safetensors")',
        'w = load_file("b.safetensors")',
        'w = torch.load("c.ckpt")',
      ),
      [
        'write safetensors.torch.save_file a.safetensors',
        'read safetensors.torch.load_file b.safetensors',
        'read torch.load c.ckpt',
      ],
    );
  });

  it('are found in each call that writes or reads one', () => {
    assert.deepEqual(
      found(
        'torch.onnx.export(model, (x,), "a.onnx", opset_version=17)',
        'torch.onnx.export(model, x, f="b.onnx")',
        'torch.export.save(program, "c.pt2")',
        'torch.jit.save(script, "d.pt")',
        'torch.save(model.state_dict(), "e.pth")',
        'script.save("f.pt")',
        'torch.onnx.export(model, x, dynamo=True).save("g.onnx")',
        'onnx.save(m, "h.onnx")',
        'm = onnx.load("i.onnx")',
        's = ort.InferenceSession("j.onnx", providers=["CPUExecutionProvider"])',
        'p = torch.export.load("k.pt2")',
        'j = torch.jit.load("l.pt", map_location="cpu")',
        'w = torch.load("m.pth")',
      ),
      [
        'write torch.onnx.export a.onnx',
        'write torch.onnx.export b.onnx',
        'write torch.export.save c.pt2',
        'write torch.jit.save d.pt',
        'write torch.save e.pth',
        'write .save f.pt',
        'write .save g.onnx',
        'write onnx.save h.onnx',
        'read onnx.load i.onnx',
        'read onnxruntime.InferenceSession j.onnx',
        'read torch.export.load k.pt2',
        'read torch.jit.load l.pt',
        'read torch.load m.pth',
      ],
    );
  });

  it('are found under other names of the modules', () => {
    assert.deepEqual(
      found(
        'import torch.onnx as tonnx, onnx as o',
        'from torch.onnx import export as ex, something',
        'from onnxruntime import (InferenceSession as S, SessionOptions)',
        'import torch.onnx',
        'tonnx.export(m, x, "a.onnx")',
        'ex(m, x, "b.onnx")',
        'S("c.onnx")',
        'o.load("d.onnx")',
        'torch.onnx.export(m, x, "e.onnx")',
      ).map((line) => line.split(' ')[2]),
      ['a.onnx', 'b.onnx', 'c.onnx', 'd.onnx', 'e.onnx'],
    );
  });

  it('follow names, pieces and paths that the script tells', () => {
    assert.deepEqual(
      found(
        'import os',
        'from pathlib import Path',
        'OUT = Path("runs") / "deep"',
        'NAME = "a" ".onnx"',
        'torch.onnx.export(m, x, OUT / NAME)',
        'torch.onnx.export(m, x, str(OUT / "b.onnx"))',
        'torch.onnx.export(m, x, os.path.join("runs", "c.onnx"))',
        'torch.onnx.export(m, x, r"raw\\d.onnx")',
        'torch.onnx.export(m, x, ("e.onnx"))',
        'torch.onnx.export(m, x, """f.onnx""")',
      ).map((line) => line.split(' ')[2]),
      ['runs/deep/a.onnx', 'runs/deep/b.onnx', 'runs/c.onnx', 'raw\\d.onnx', 'e.onnx', 'f.onnx'],
    );
  });

  it('that only a run can tell are left alone', () => {
    assert.deepEqual(
      found(
        'torch.onnx.export(m, x, f"{name}.onnx")',
        'torch.onnx.export(m, x, name + ".onnx")',
        'torch.onnx.export(m, x, name)',
        'torch.onnx.export(*args, "a.onnx")',
        'torch.onnx.export(m, x)',
        'PATH = "a.onnx"',
        'PATH = "b.onnx"',
        'torch.onnx.export(m, x, PATH)',
        'def run(where="c.onnx"):',
        '  torch.onnx.export(m, x, where)',
        'for each in names:',
        '  torch.onnx.export(m, x, each)',
        'torch.onnx.export(m, x, b"d.onnx")',
      ),
      [],
    );
  });

  it('are not taken from comments, strings, and calls of other things', () => {
    assert.deepEqual(
      found(
        '# torch.onnx.export(m, x, "a.onnx")',
        '"""torch.onnx.export(m, x, "b.onnx")"""',
        'figure.save("plot.png")',
        'numpy.save("x.npy", a)',
        'mytorch.onnx.export(m, x, "c.onnx")',
        'open("d.onnx")',
      ),
      [],
    );
  });

  it('are found in scripts with errors and in notebooks with magics', () => {
    assert.deepEqual(
      found('%matplotlib inline', '!pip install onnx', 'def broken(:', 'torch.onnx.export(m, x, "a.onnx")'),
      ['write torch.onnx.export a.onnx'],
    );
  });

  it('come with their place', () => {
    const source = 'x = 1\ntorch.onnx.export(\n  m,\n  x,\n  "a.onnx",\n)\n';
    const [call] = modelCalls(source);
    assert.equal(source.slice(call?.from, call?.to), source.slice(6, -1));
  });

  it('of 2,000 lines are found in well under a second', () => {
    const lines = Array.from(
      { length: 2000 },
      (_, at) => `value_${at} = function_${at}(a, b=[1, 2], c={"k": ${at}})`,
    );
    const runs = [0, 1, 2].map(() => {
      const { value, milliseconds } = cpuTime(() => found(...lines, 'torch.onnx.export(m, x, "a.onnx")'));
      assert.equal(value.length, 1);
      return milliseconds;
    });
    // the quickest: the others also measure what else the machine does
    const took = Math.min(...runs);
    assert.ok(took < 1000, `it took ${took.toFixed(0)} ms`);
  });
});
