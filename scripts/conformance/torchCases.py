"""Networks that are awkward to write back as exported programs: how values share memory, sizes, types, signatures."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.export import Dim


def conv_bn(channels, out=None, kernel=3, conv=nn.Conv2d, norm=nn.BatchNorm2d, **options):
    options.setdefault('padding', kernel // 2)
    out = channels if out is None else out
    return nn.Sequential(conv(channels, out, kernel, bias=False, **options), norm(out))


class Block(nn.Module):
    """RepVGG's: a convolution, a point-wise one and the input, each normalized, added."""

    def __init__(self, channels=8, out=None, stride=1, conv=nn.Conv2d, norm=nn.BatchNorm2d, groups=1):
        super().__init__()
        more = {'stride': stride, 'conv': conv, 'norm': norm, 'groups': groups}
        self.dense = conv_bn(channels, out, **more)
        self.point = conv_bn(channels, out, kernel=1, **more)
        self.skip = norm(channels) if stride == 1 and out in (None, channels) else None

    def forward(self, x):
        y = self.dense(x) + self.point(x)
        return y if self.skip is None else y + self.skip(x)


class InPlace(Block):
    """Sums and activations write into what they read; the input of the block is overwritten, too."""

    def forward(self, x):
        x = F.relu_(x * 1.5)
        y = self.dense(x)
        y += self.point(x)
        y.add_(self.skip(x))
        F.relu_(y)
        return y, x.flatten(1), y.view(y.shape[0], -1)


class Overwritten(Block):
    """The block's input is overwritten while its output is not read yet."""

    def forward(self, x):
        z = x.abs()
        y = self.dense(z) + self.point(z) + self.skip(z)
        z.mul_(2.0)
        return F.relu(y) + z


class Tied(nn.Module):
    """One block twice, a weight under two names, a weight that is a view of another one."""

    def __init__(self):
        super().__init__()
        self.block = Block()
        self.head = nn.Conv2d(8, 8, 1)
        self.tail = nn.Conv2d(8, 8, 1)
        self.tail.weight = self.head.weight
        self.register_buffer('bank', torch.randn(4, 8))
        self.register_buffer('row', self.bank[2])

    def forward(self, x):
        x = F.relu(self.block(x))
        x = F.relu(self.block(x) * self.row.view(1, -1, 1, 1))
        return self.tail(F.relu(self.head(x))) + self.bank.sum()


class Counting(nn.Module):
    """A buffer that each run writes into."""

    def __init__(self):
        super().__init__()
        self.block = Block()
        self.register_buffer('seen', torch.zeros(()))
        self.register_buffer('mean', torch.zeros(8))

    def forward(self, x):
        self.seen.add_(1)
        x = F.relu(self.block(x))
        self.mean.copy_(x.detach().mean((0, 2, 3)))
        return x * (1 + self.seen) + self.mean.view(1, -1, 1, 1)


class Numbered(nn.Module):
    """A counter of runs, of which no result is made, between two modules."""

    def __init__(self):
        super().__init__()
        self.block = Block()
        self.register_buffer('runs', torch.zeros(()))

    def forward(self, x):
        self.runs += 1
        return F.relu(self.block(x))


class Signature(nn.Module):
    """Inputs by name, a number among them, outputs in a dict; one of them is an input."""

    def __init__(self):
        super().__init__()
        self.block = Block()

    def forward(self, pair, *, scale, factor=2):
        a, b = pair['a'], pair['b']
        y = F.relu(self.block(a))
        return {'y': y * scale, 'list': [y.mean(), b], 'twice': (y * factor, self.block(b))}


class WithoutGradient(nn.Module):
    """A block before and one within a part that is run without gradients."""

    def __init__(self):
        super().__init__()
        self.first, self.second = Block(), Block()

    def forward(self, x):
        x = F.relu(self.first(x))
        with torch.no_grad():
            y = F.relu(self.second(x))
        return x + y


class Parts(nn.Module):
    """Blocks between pieces of tensors, some of them written to."""

    def __init__(self):
        super().__init__()
        self.first, self.second = Block(4), Block(4)

    def forward(self, x):
        a, b = x.chunk(2, dim=1)
        y = torch.cat([self.first(a), b.clone()], dim=1)
        y[:, 4:] = self.second(b)
        y[:, :, 0] = 0
        return y, F.dropout(self.second(a.contiguous()), 0.5, self.training)


class Matrices(nn.Module):
    """Linear layers one behind the other, and a low-rank one beside."""

    def __init__(self):
        super().__init__()
        self.a, self.b, self.down, self.up = (
            nn.Linear(16, 24),
            nn.Linear(24, 16),
            nn.Linear(16, 2, bias=False),
            nn.Linear(2, 16, bias=False),
        )

    def forward(self, x):
        x = torch.tanh(self.b(self.a(x)))
        return torch.relu(self.b(self.a(x)) + self.up(self.down(x)))


class Upsampling(nn.Module):
    def __init__(self, conv=nn.ConvTranspose2d, norm=nn.BatchNorm2d):
        super().__init__()
        self.wide = nn.Sequential(conv(6, 8, 4, stride=2, padding=1, bias=False), norm(8))
        self.narrow = nn.Sequential(conv(6, 8, 2, stride=2, bias=False), norm(8))

    def forward(self, x):
        return F.relu(self.wide(x) + self.narrow(x))


class Uneven(nn.Module):
    """A pad before a convolution, more of it at one end; a convolution that pads by a word."""

    def __init__(self):
        super().__init__()
        self.a = conv_bn(6, 8, padding=0)
        self.b = conv_bn(6, 8, kernel=1)
        self.even = nn.Conv2d(8, 8, 4, padding='same')
        self.norm = nn.BatchNorm2d(8)

    def forward(self, x):
        x = F.relu(self.a(F.pad(x, (0, 2, 2, 0))) + self.b(x))
        return F.relu(self.norm(self.even(x)))


class Mixture(nn.Module):
    """K kernels weighted by what the image says."""

    def __init__(self, channels=8, count=3):
        super().__init__()
        self.kernels = nn.ModuleList([conv_bn(channels, 8, 3 if k else 1) for k in range(count)])
        self.gate = nn.Linear(channels, count)

    def forward(self, x):
        x = F.relu(x)
        weights = torch.softmax(self.gate(x.mean((2, 3))), dim=1)
        return F.relu(sum(k(x) * weights[:, i].view(-1, 1, 1, 1) for i, k in enumerate(self.kernels)))


class Asserted(nn.Module):
    """A program that checks its sizes."""

    def __init__(self):
        super().__init__()
        self.block = Block()

    def forward(self, x):
        torch._check(x.shape[2] % 2 == 0)
        return F.relu(self.block(x)).view(x.shape[0], 8, x.shape[2] // 2, -1)


class Chain(nn.Module):
    """Several blocks, of other widths and strides, one grouped."""

    def __init__(self, conv=nn.Conv2d, norm=nn.BatchNorm2d):
        super().__init__()
        make = {'conv': conv, 'norm': norm}
        self.stem = Block(3, 8, stride=2, **make)
        self.mid = Block(8, groups=4, **make)
        self.last = Block(8, 12, **make)

    def forward(self, x):
        return F.relu(self.last(F.silu(self.mid(F.relu(self.stem(x))))))


def image(*shape, dtype=torch.float32):
    return torch.randn(*shape, dtype=dtype)


def network_of(module, dtype=torch.float32):
    """With scales, shifts and statistics apart from 1 and 0."""
    for part in module.modules():
        if isinstance(part, nn.modules.batchnorm._BatchNorm):
            part.weight.data.uniform_(0.5, 1.5)
            part.bias.data.normal_(0, 0.3)
            part.running_mean.normal_(0, 0.3)
            part.running_var.uniform_(0.5, 1.5)
            part.num_batches_tracked.fill_(9)
    return module.eval().to(dtype)


def program(module, args, kwargs=None, dtype=torch.float32, decompose=False, **options):
    exported = torch.export.export(network_of(module, dtype), args, kwargs, **options)
    return exported.run_decompositions() if decompose else exported


def cases():
    """Exported programs by name, made when they are asked for."""
    x = image(2, 8, 10, 12)
    batch, height = Dim('batch', min=1, max=64), Dim('height', min=4, max=256)
    half, brain, double = torch.float16, torch.bfloat16, torch.float64
    wide = {'x': {0: batch, 2: height}}
    pair = {'a': image(2, 8, 9, 9), 'b': image(2, 8, 9, 9)}
    one, three = {'conv': nn.Conv1d, 'norm': nn.BatchNorm1d}, {'conv': nn.Conv3d, 'norm': nn.BatchNorm3d}
    up1, up3 = {'conv': nn.ConvTranspose1d, 'norm': nn.BatchNorm1d}, {'conv': nn.ConvTranspose3d, 'norm': nn.BatchNorm3d}
    yield 'chain', lambda: program(Chain(), (image(2, 3, 16, 16),))
    yield 'chain, decomposed', lambda: program(Chain(), (image(2, 3, 16, 16),), decompose=True)
    yield 'chain, strict', lambda: program(Chain(), (image(2, 3, 16, 16),), strict=True)
    yield 'chain, 1 axis', lambda: program(Chain(**one), (image(2, 3, 16),))
    yield 'chain, 3 axes', lambda: program(Chain(**three), (image(1, 3, 8, 8, 8),))
    yield 'chain, float16', lambda: program(Chain(), (image(2, 3, 16, 16, dtype=half),), dtype=half)
    yield 'chain, bfloat16', lambda: program(Chain(), (image(2, 3, 16, 16, dtype=brain),), dtype=brain)
    yield 'chain, float64', lambda: program(Chain(), (image(2, 3, 16, 16, dtype=double),), dtype=double)
    yield 'chain, open sizes', lambda: program(Chain(), (image(2, 3, 16, 16),), dynamic_shapes=wide)
    yield 'chain, channels last', lambda: program(
        Chain().to(memory_format=torch.channels_last),
        (image(2, 3, 16, 16).to(memory_format=torch.channels_last),),
    )
    yield 'chain, one image', lambda: program(Chain(), (image(1, 3, 16, 16),))
    yield 'in place', lambda: program(InPlace(), (x,))
    yield 'in place, decomposed', lambda: program(InPlace(), (x,), decompose=True)
    yield 'overwritten', lambda: program(Overwritten(), (x,))
    yield 'tied', lambda: program(Tied(), (x,))
    yield 'counting', lambda: program(Counting(), (x,))
    yield 'counting, decomposed', lambda: program(Counting(), (x,), decompose=True)
    yield 'numbered', lambda: program(Numbered(), (x,))
    yield 'signature', lambda: program(Signature(), (pair,), {'scale': torch.tensor(2.0), 'factor': 3})
    yield 'without gradient', lambda: program(WithoutGradient(), (x,))
    yield 'without gradient, strict', lambda: program(WithoutGradient(), (x,), strict=True)
    yield 'parts', lambda: program(Parts(), (x,))
    yield 'parts, decomposed', lambda: program(Parts(), (x,), decompose=True)
    yield 'matrices', lambda: program(Matrices(), (image(5, 16),))
    yield 'matrices, open sizes', lambda: program(Matrices(), (image(5, 16),), dynamic_shapes={'x': {0: batch}})
    yield 'matrices of 3 axes', lambda: program(Matrices(), (image(2, 5, 16),))
    yield 'matrices, decomposed', lambda: program(Matrices(), (image(2, 5, 16),), decompose=True)
    yield 'upsampling', lambda: program(Upsampling(), (image(2, 6, 7, 7),))
    yield 'upsampling, decomposed', lambda: program(Upsampling(), (image(2, 6, 7, 7),), decompose=True)
    yield 'upsampling, 1 axis', lambda: program(Upsampling(**up1), (image(2, 6, 7),))
    yield 'upsampling, 3 axes', lambda: program(Upsampling(**up3), (image(1, 6, 5, 5, 5),))
    yield 'uneven', lambda: program(Uneven(), (image(2, 6, 9, 9),))
    yield 'uneven, open sizes', lambda: program(Uneven(), (image(2, 6, 9, 9),), dynamic_shapes=wide)
    yield 'mixture', lambda: program(Mixture(), (x,))
    yield 'mixture, open sizes', lambda: program(Mixture(), (x,), dynamic_shapes=wide)
    yield 'mixture, open batch', lambda: program(Mixture(), (x,), dynamic_shapes={'x': {0: batch}})
    yield 'asserted', lambda: program(Asserted(), (image(2, 8, 8, 12),), dynamic_shapes={'x': {2: 2 * Dim('half', min=2, max=64)}})
    yield 'module kept whole', lambda: program(
        Chain(), (image(2, 3, 16, 16),), preserve_module_call_signature=('mid', 'stem.dense')
    )
