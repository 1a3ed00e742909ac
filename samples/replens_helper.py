"""Shows models in a notebook as their branch graph, with RepLens in VS Code.

Run this cell once. From then on an `onnx.ModelProto` or a `torch.export.ExportedProgram` at the end of a cell is drawn, and
`show_model("model.onnx")` draws a file, be it ONNX, `.pt2`, TorchScript or a checkpoint. Anywhere else than in VS Code with RepLens, a table and a picture are shown.
"""

import base64
import logging
import os
import warnings
from collections import Counter
from contextlib import contextmanager
from html import escape

_MODEL_MIME = "application/vnd.replens.model+json"
# what a notebook can carry without getting heavy; larger models are shown from their file
_INLINE_LIMIT = 4_000_000
_DRAWN_NODES = 48
_TYPES = {1: "float32", 2: "uint8", 3: "int8", 6: "int32", 7: "int64", 9: "bool", 10: "float16", 11: "float64", 16: "bfloat16"}


def show_model(path_or_model, name=None):
    """Shows a model file (ONNX, .pt2, TorchScript, a checkpoint), by its path, or a model that is there already (ModelProto, ExportedProgram), under a name of your own."""
    from IPython.display import display

    display(_bundle_of(path_or_model, name), raw=True)


def _bundle_of(thing, name=None):
    if isinstance(thing, (str, os.PathLike)):
        return _file_bundle(os.fspath(thing), name)
    if hasattr(thing, "SerializeToString") and hasattr(thing, "graph"):
        return _model_bundle(thing, name)
    if hasattr(thing, "graph_module") and hasattr(thing, "module"):
        return _program_bundle(thing, name)
    if hasattr(thing, "model_proto"):  # what torch.onnx.export gives
        return _model_bundle(thing.model_proto, name)
    raise TypeError(
        f"show_model takes the path of a model file, an onnx.ModelProto or a torch.export.ExportedProgram, not {type(thing).__name__}."
    )


def _file_bundle(path, name=None):
    name = name or os.path.basename(path)
    if path.lower().endswith((".pt2", ".pt", ".pth", ".ckpt", ".safetensors")):
        return _torch_file_bundle(path, name)
    import onnx

    model = onnx.load(path, load_external_data=False)
    if os.path.getsize(path) <= _INLINE_LIMIT and not _has_external_data(model):
        with open(path, "rb") as file:
            return _bundle(model, name, {"bytes": base64.b64encode(file.read()).decode("ascii")})
    return _bundle(model, name, {"path": _relative(path)})


def _relative(path):
    # the notebook's own folder is the working directory of its kernel
    return os.path.relpath(path).replace(os.sep, "/")


def _torch_file_bundle(path, name):
    """RepLens reads these by itself; there is no picture of them for where it is not."""
    if os.path.getsize(path) > _INLINE_LIMIT:
        return _torch_bundle(name, {"path": _relative(path)})
    with open(path, "rb") as file:
        return _torch_bundle(name, {"bytes": base64.b64encode(file.read()).decode("ascii")})


def _torch_bundle(name, where, text=None):
    kind = {".pt2": "pt2", ".ckpt": "checkpoint", ".safetensors": "checkpoint"}.get(os.path.splitext(name)[1].lower(), "torchscript")
    return {"text/plain": text or f"{_clean(name)} (PyTorch); RepLens in VS Code draws it.", _MODEL_MIME: {"name": _safe(name), "format": kind, **where}}


def _model_bundle(model, name=None):
    name = name or f"{_file_name(model.graph.name)}.onnx"
    if _has_external_data(model):
        return _bundle(model, name, None, "Its weights are in another file: show it by the path of its own file, show_model('…').")
    if model.ByteSize() > _INLINE_LIMIT:
        return _bundle(model, name, None, "It is large for a notebook: save it with onnx.save and use show_model('…').")
    return _bundle(model, name, {"bytes": base64.b64encode(model.SerializeToString()).decode("ascii")})


def _program_bundle(program, name=None):
    """Exported to ONNX where torch.onnx can, which has a table and a picture for other places; else as it is."""
    try:
        import torch

        with _quiet():
            exported = torch.onnx.export(program, dynamo=True, verbose=False)
        return _model_bundle(exported.model_proto, name or "program.onnx")
    except Exception as error:  # an exporter that is missing or gives up must not hide the program
        words = " ".join(str(error).split())[:200]
        text = f"{program}\n\ntorch.onnx could not export this program: {words}"
        saved = _saved(program)
        return {"text/plain": text} if saved is None else _torch_bundle(name or "program.pt2", {"bytes": saved}, text)


def _saved(program):
    """The program's own archive in base64; None where it can't be saved, or is large for a notebook."""
    import io

    file = io.BytesIO()
    try:
        import torch

        torch.export.save(program, file)
    except Exception:
        return None
    return base64.b64encode(file.getvalue()).decode("ascii") if file.tell() <= _INLINE_LIMIT else None


@contextmanager
def _quiet():
    """The exporter warns of packages that nobody here needs."""
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)


def _bundle(model, name, where, note=None):
    bundle = {"text/plain": _summary(model, name) + (f"\n\n{note}" if note else ""), "image/svg+xml": _svg(model.graph)}
    if where is not None:
        bundle[_MODEL_MIME] = {"name": _safe(name), "format": "onnx", **where}
    return bundle


def _safe(name):
    return "".join("_" if char in '\\/:*?"<>|' else char for char in _clean(name))


def _has_external_data(model):
    return any(tensor.data_location == 1 for tensor in model.graph.initializer)


# -- the summary, for where there are no pictures


def _summary(model, name):
    graph = model.graph
    weights = {tensor.name for tensor in graph.initializer}
    opsets = [one.version for one in model.opset_import if one.domain in ("", "ai.onnx")]
    producer = _clean(f"{model.producer_name} {model.producer_version}").strip()
    origin = ", ".join(part for part in ["ONNX", f"opset {opsets[0]}" if opsets else "", producer] if part)
    lines = [f"{_clean(name)} ({origin})", ""]
    lines += [_port("input", one) for one in graph.input if one.name not in weights]
    lines += [_port("output", one) for one in graph.output]
    lines += [f"{'nodes':<12}{len(graph.node):,}", f"{'parameters':<12}{_parameters(graph):,}", ""]
    counts = Counter(_clean(node.op_type) for node in graph.node)
    width = max([len(op) for op in counts] + [8]) + 2
    lines += [f"{'operator':<{width}}count"] + [f"{op:<{width}}{count:>5}" for op, count in counts.most_common(20)]
    return "\n".join(lines)


def _port(kind, value):
    tensor = value.type.tensor_type
    dims = [_clean(one.dim_param) if one.dim_param else str(one.dim_value) if one.HasField("dim_value") else "?" for one in tensor.shape.dim]
    return f"{kind:<12}{_clean(value.name)}  {_TYPES.get(tensor.elem_type, '')}  {'×'.join(dims)}".rstrip()


def _parameters(graph):
    total = 0
    for tensor in graph.initializer:
        size = 1
        for dim in tensor.dims:
            size *= dim
        total += size
    return total


# -- the picture, for where RepLens is not


def _svg(graph):
    """The graph's first nodes as an SVG: a row for each step away from the inputs, branches beside each other."""
    nodes = list(graph.node[:_DRAWN_NODES])
    made_by = {name: index for index, node in enumerate(nodes) for name in node.output if name}
    rows, place = [], {}
    for index, node in enumerate(nodes):
        sources = [made_by[name] for name in node.input if made_by.get(name, index) < index]
        row = 1 + max((place[source][0] for source in sources), default=-1)
        while len(rows) <= row:
            rows.append(0)
        place[index] = (row, rows[row])
        rows[row] += 1
    wide, high, gap_x, gap_y, margin = 132, 30, 20, 26, 16
    columns = max(rows, default=1)
    width = margin * 2 + columns * wide + (columns - 1) * gap_x
    height = margin * 2 + max(len(rows), 1) * (high + gap_y) - gap_y + (24 if len(graph.node) > len(nodes) else 0)

    def corner(index):
        row, column = place[index]
        used = rows[row] * wide + (rows[row] - 1) * gap_x
        return (width - used) / 2 + column * (wide + gap_x), margin + row * (high + gap_y)

    edges, boxes, labels = [], [], []
    for index, node in enumerate(nodes):
        x, y = corner(index)
        for source in {made_by[name] for name in node.input if made_by.get(name, index) < index}:
            from_x, from_y = corner(source)
            from_x, from_y, to_x = from_x + wide / 2, from_y + high, x + wide / 2
            middle = (from_y + y) / 2
            edges.append(f'<path d="M{from_x:g} {from_y:g}C{from_x:g} {middle:g} {to_x:g} {middle:g} {to_x:g} {y:g}"/>')
        title = escape(_clean(node.name or node.op_type))
        boxes.append(f'<rect x="{x:g}" y="{y:g}" width="{wide}" height="{high}" rx="5"><title>{title}</title></rect>')
        label = _clean(node.op_type)
        label = label if len(label) <= 18 else label[:17] + "…"
        labels.append(f'<text x="{x + wide / 2:g}" y="{y + 20:g}">{escape(label)}</text>')
    more = len(graph.node) - len(nodes)
    if more > 0:
        labels.append(f'<text x="{width / 2:g}" y="{height - margin / 2:g}">… and {more} more nodes</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" role="img" '
        f'font-family="sans-serif" font-size="13" text-anchor="middle"><title>{escape(_clean(graph.name) or "model")}</title>'
        f'<rect width="100%" height="100%" rx="8" fill="#fff"/><g fill="none" stroke="#8a94a6" stroke-width="1.4">{"".join(edges)}</g>'
        f'<g fill="#eef3fb" stroke="#5b7fb5">{"".join(boxes)}</g><g fill="#1d2733">{"".join(labels)}</g></svg>'
    )


def _clean(text):
    """Names come from the file: nothing invisible, nothing endless."""
    return "".join(char if char.isprintable() else "?" for char in str(text))[:200]


def _file_name(text):
    return "".join(char if char.isalnum() or char in "-_. " else "_" for char in _clean(text)).strip(". ")[:60] or "model"


def _register():
    try:
        from IPython import get_ipython
    except ImportError:
        return
    ipython = get_ipython()
    if ipython is None:
        return  # a plain script: there is nothing to show models in
    formatter = ipython.display_formatter.mimebundle_formatter
    # by name: neither onnx nor torch has to be there
    formatter.for_type_by_name("onnx.onnx_ml_pb2", "ModelProto", _model_bundle)
    formatter.for_type_by_name("torch.export.exported_program", "ExportedProgram", _program_bundle)


_register()
