"""Executes a notebook with samples/replens_helper.py in a real kernel and saves it: execute.py OUTPUT.ipynb, in the checkout's folder."""

import importlib.util
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

# by the name of the case that test/notebook looks for
CASES = {
    "path": 'show_model("samples/repvgg.onnx")',
    "value": 'import onnx\nonnx.load("samples/repvgg.onnx")',
    "hostile": 'model = onnx.load("samples/repvgg.onnx")\nmodel.graph.name = "<b onload=1>&../x"\nmodel',
}
PROGRAM = """import torch
class Branches(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.square, self.point = torch.nn.Conv2d(4, 4, 3, padding=1), torch.nn.Conv2d(4, 4, 1)
    def forward(self, x):
        return torch.relu(self.square(x) + self.point(x))
torch.export.export(Branches().eval(), (torch.zeros(1, 4, 8, 8),))"""


def main(output):
    cases = dict(CASES)
    if all(importlib.util.find_spec(name) for name in ("torch", "onnxscript")):
        cases["program"] = PROGRAM
    helper = Path("samples/replens_helper.py").read_text(encoding="utf-8")
    cells = [nbformat.v4.new_code_cell(helper)]
    cells += [nbformat.v4.new_code_cell(source, metadata={"case": case}) for case, source in cases.items()]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="python3", timeout=300).execute()
    nbformat.write(notebook, output)
    print(f"executed: {', '.join(cases)}")


main(sys.argv[1])
