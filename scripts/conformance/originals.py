"""
The repositories that blocks come from, and how small networks are made of their classes. The sources are nobody's here: a
folder holds them as `OWNER/REPOSITORY/path/of/file.py`; what is not there is left out, with a word.
"""

import ast
import copy
import math
import os
import sys
import typing
import warnings
from functools import lru_cache, partial

import torch
from torch import nn

from checkpoint_blocks import Net

YOLO = 1e-3


class Missing(Exception):
    """A file or a class that the folder does not have."""


@lru_cache(None)
def taken(folder, *files):
    """
    The classes of some files in one namespace, each statement for itself: a file that also imports what is not installed
    still gives its blocks.
    """
    space = {'__name__': 'original', 'torch': torch, 'nn': nn, 'math': math, 'partial': partial, **vars(typing)}
    for file in files:
        path = os.path.join(folder, file)
        if not os.path.exists(path):
            raise Missing(file)
        with open(path, encoding='utf8') as source:
            tree = ast.parse(source.read())
        for statement in tree.body:
            try:
                exec(compile(ast.Module([statement], []), path, 'exec'), space)
            except Exception:
                continue
    return space


class Original:
    """A case: its blocks by name, of `taken(...)`, and what the file cannot say."""

    def __init__(self, title, files, blocks, channels, width, eps=None, options=None, needs=()):
        self.title, self.files, self.blocks = title, files, blocks
        self.channels, self.width, self.eps = channels, width, eps
        self.options, self.needs = options or {}, needs

    def network(self, folder):
        for package in self.needs:
            try:
                __import__(package)
            except ImportError as error:
                raise Missing(f'the package {package} ({error})') from error
        space = taken(folder, *self.files)
        try:
            blocks = self.blocks(space)
        except KeyError as error:
            raise Missing(f'{error} in {self.files[-1]}') from error
        net = Net(blocks, self.width)
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d) and self.eps is not None:
                module.eps = self.eps
        return net.eval()

    def deployed(self, net):
        """The network after the original's own switch, with its own merged weights."""
        net = copy.deepcopy(net)
        for name in list(net.names):
            switch(net, name)
        return net.eval()


WHOLE = (
    'switch_to_deploy', 'reparameterize', 'merge_kernel', 'full_fusion', 'fuse_block_residual_branches', 'convert_to_deploy', 'fuse_convs',
    'fuse_repvgg_block',
)


def switch(net, path):
    """Calls the block's own conversion; one that hands back a module is replaced by it."""
    module = net.get_submodule(path)
    for name in WHOLE:
        if hasattr(module, name):
            getattr(module, name)()
            break
    else:
        if hasattr(module, 'fuse'):
            merged = module.fuse()
            if isinstance(merged, nn.Module):
                parent, _, last = path.rpartition('.')
                setattr(net.get_submodule(parent), last, merged)
        else:
            for child, _ in list(module.named_children()):
                switch(net, f'{path}.{child}')
            return
    merged = net.get_submodule(path)
    if hasattr(merged, 'forward_fuse'):
        merged.forward = merged.forward_fuse


def yolo_list(**blocks):
    """A list of modules, as YOLOv5 and all that came of it."""
    return {name.replace('__', '.'): block for name, block in blocks.items()}


ULTRALYTICS = [f'ultralytics/ultralytics/ultralytics/{file}.py' for file in ('utils/torch_utils', 'nn/modules/conv', 'nn/modules/block')]
APPLE = ['apple/ml-fastvit/models/modules/mobileone.py', 'apple/ml-fastvit/models/modules/replknet.py', 'apple/ml-fastvit/models/fastvit.py']
SUPER = [f'Deci-AI/super-gradients/super_gradients/modules/{file}.py' for file in ('skip_connections', 'repvgg_block', 'qarepvgg_block')]
MMYOLO = ['open-mmlab/mmyolo/mmyolo/models/layers/yolo_bricks.py']


def mmpretrain(name):
    return [f'open-mmlab/mmpretrain/mmpretrain/models/{file}.py' for file in ('utils/se_layer', 'backbones/base_backbone', f'backbones/{name}')]


MMCV = ('mmcv', 'mmengine')


def originals():
    return [
        Original('RepVGG', ['DingXiaoH/RepVGG/repvgg.py'], lambda s: {
            'stage0': s['RepVGGBlock'](3, 6, 3, 2, 1), 'stage1.0': s['RepVGGBlock'](6, 6, 3, 2, 1),
            'stage1.1': s['RepVGGBlock'](6, 6, 3, 1, 1, groups=2)}, 3, 6),
        Original('DBB', ['DingXiaoH/DiverseBranchBlock/dbb_transforms.py', 'DingXiaoH/DiverseBranchBlock/diversebranchblock.py'], lambda s: {
            'stage1.0.conv1': s['DiverseBranchBlock'](4, 6, 3, 1, 1), 'stage1.0.conv2': s['DiverseBranchBlock'](6, 6, 5, 2, 2, groups=3),
            'stage1.1.conv1': s['DiverseBranchBlock'](6, 6, 3, 1, 1, groups=6),
            'stage1.1.conv2': s['DiverseBranchBlock'](6, 4, 3, 1, 1, internal_channels_1x1_3x3=5)}, 4, 4),
        Original('ACNet', ['DingXiaoH/ACNet/acnet/acb.py'], lambda s: {
            'conv1': s['ACBlock'](4, 6, 3, 1, 1), 'conv2': s['ACBlock'](6, 6, 5, 1, 2, groups=2),
            'conv3': s['ACBlock'](6, 6, 3, 2, 1)}, 4, 6),
        Original('YOLOv6', ['meituan/YOLOv6/yolov6/layers/common.py'], lambda s: {
            'backbone.stem': s['RepVGGBlock'](3, 6, 3, 2), 'backbone.ERBlock_2.0': s['RepVGGBlock'](6, 6),
            'backbone.ERBlock_2.1': s['RepBlock'](6, 6, 2, s['RepVGGBlock'])}, 3, 6, YOLO),
        Original('YOLOv6 BottleRep', ['meituan/YOLOv6/yolov6/layers/common.py'], lambda s: {
            'backbone.ERBlock_2.1': s['RepBlock'](6, 6, 4, s['BottleRep'], s['RepVGGBlock'])}, 6, 6, YOLO),
        Original('YOLOv6 QARepVGG', ['meituan/YOLOv6/yolov6/layers/common.py', 'meituan/YOLOv6-0.4/yolov6/layers/qarep.py'], lambda s: {
            'backbone.stem': s['QARepVGGBlock'](3, 6, 3, 2), 'backbone.ERBlock_2.0': s['QARepVGGBlock'](6, 6)}, 3, 6, YOLO,
            {'identity': {'backbone.ERBlock_2.0': True}}),
        Original('QARepVGG', ['cxxgtxy/QARepVGG/repvgg.py'], lambda s: {
            'stage0': s['QARepVGGBlockV2'](3, 6, 3, 2, 1), 'stage1.0': s['QARepVGGBlockV2'](6, 6, 3, 2, 1),
            'stage1.1': s['QARepVGGBlockV2'](6, 6, 3, 1, 1)}, 3, 6, None, {'identity': {'stage1.1': True, '': False}}),
        Original('YOLOv7', ['WongKinYiu/yolov7/models/common.py'], lambda s: yolo_list(
            model__0=s['RepConv'](3, 6, 3, 2), model__1=s['RepConv'](6, 6)), 3, 6, YOLO),
        Original('YOLOv9 RepConvN', ULTRALYTICS, lambda s: yolo_list(
            model__0=s['RepConv'](3, 6, 3, 2), model__1__m=s['RepConv'](6, 6, bn=True)), 3, 6, YOLO),
        Original('RT-DETR in ultralytics, RepC3', ULTRALYTICS, lambda s: yolo_list(model__0=s['RepC3'](6, 6, 2)), 6, 6, YOLO),
        Original('YOLOv10 RepVGGDW', ULTRALYTICS, lambda s: yolo_list(
            model__6__m__0__cv1__2=s['RepVGGDW'](6), model__8=s['RepVGGDW'](6)), 6, 6, YOLO),
        Original('RT-DETR', ['lyuwenyu/RT-DETR/hybrid_encoder.py'], lambda s: {
            'encoder.fpn_blocks.0.bottlenecks.0': s['RepVggBlock'](6, 6), 'encoder.pan_blocks.0.bottlenecks.0': s['RepVggBlock'](6, 6)}, 6, 6),
        Original('MobileOne', APPLE, lambda s: {
            'stage0': s['MobileOneBlock'](4, 6, 3, 2, 1, num_conv_branches=2), 'stage1.0': s['MobileOneBlock'](6, 6, 3, 1, 1, groups=6, num_conv_branches=3),
            'stage1.1': s['MobileOneBlock'](6, 8, 1)}, 4, 8),
        Original('FastViT', APPLE, lambda s: {
            'network.0.0.token_mixer': s['RepMixer'](6), 'network.0.1.token_mixer': s['RepMixer'](6, use_layer_scale=False),
            'network.1.proj.0': s['ReparamLargeKernelConv'](6, 12, 7, 2, 6, 3), 'network.2': s['RepCPE'](12, 12)}, 6, 12),
        Original('RepViT', ['THU-MIG/RepViT/model/repvit.py'], lambda s: {
            'features.1.token_mixer.0': s['RepVGGDW'](6), 'features.2.channel_mixer.m.0': s['Conv2d_BN'](6, 8),
            'features.3': s['Conv2d_BN'](8, 8, 3, 2, 1, groups=8)}, 6, 8),
        Original('UniRepLKNet', ['AILab-CVC/UniRepLKNet/unireplknet.py'], lambda s: {
            'stages.0.0': s['UniRepLKNetBlock'](8, 3), 'stages.1.0': s['UniRepLKNetBlock'](8, 13), 'stages.1.1': s['UniRepLKNetBlock'](8, 7),
            'stages.1.2': s['UniRepLKNetBlock'](8, 9, layer_scale_init_value=None)}, 8, 8),
        Original('RepGhost', ['ChengpengChen/RepGhost/model/repghost.py'], lambda s: {
            'stage.0.ghost1': s['RepGhostModule'](6, 8), 'stage.0.ghost2': s['RepGhostModule'](8, 6, relu=False, dw_size=3)}, 6, 6),
        Original('YOLO-NAS', SUPER, lambda s: {
            'backbone.stem.conv': s['QARepVGGBlock'](3, 6, 2, use_residual_connection=False),
            'backbone.stage1.downsample': s['QARepVGGBlock'](6, 6, 2, use_residual_connection=False),
            'backbone.stage1.blocks.bottlenecks.0.cv1': s['QARepVGGBlock'](6, 6, use_residual_connection=False),
            'backbone.stage1.blocks.bottlenecks.0.cv2': s['QARepVGGBlock'](6, 6, use_residual_connection=False)}, 3, 6, YOLO),
        Original('SuperGradients QARepVGG', SUPER, lambda s: {
            'encoder.0': s['QARepVGGBlock'](6, 6, use_alpha=True), 'encoder.1': s['QARepVGGBlock'](6, 8, 2, use_residual_connection=False, use_post_bn=False),
            'encoder.2': s['QARepVGGBlock'](8, 8, use_1x1_bias=False)}, 6, 8, None, {'identity': {'': True}}),
        Original('SuperGradients RepVGG', SUPER[1:2], lambda s: {
            'stem': s['RepVGGBlock'](3, 6, 2), 'stage1.0': s['RepVGGBlock'](6, 6), 'stage1.1': s['RepVGGBlock'](6, 6, use_alpha=True, use_residual_connection=False)},
            3, 6),
        Original('MMYOLO YOLOv6', MMYOLO, lambda s: {
            'backbone.stage1.0': s['RepVGGBlock'](6, 6), 'neck.x': s['RepVGGBlock'](6, 8, stride=2), 'bbox_head.head_module.cls': nn.Conv2d(8, 8, 1)},
            6, 8, needs=MMCV),
        Original('MMYOLO PP-YOLOE', MMYOLO, lambda s: {
            'backbone.stage1.0.blocks.0': s['PPYOLOEBasicBlock'](6, 6, use_alpha=True), 'neck.top_down_layers.0.0.blocks.0': s['PPYOLOEBasicBlock'](6, 6, shortcut=False),
            'bbox_head.head_module.cls': nn.Conv2d(6, 6, 1)}, 6, 6, needs=MMCV),
        Original('mmpretrain RepVGG', mmpretrain('repvgg'), lambda s: {
            'stem': s['RepVGGBlock'](3, 6, 2), 'stage_1.0': s['RepVGGBlock'](6, 6), 'stage_1.1': s['RepVGGBlock'](6, 6, groups=2)}, 3, 6, needs=MMCV),
        Original('mmpretrain MobileOne', mmpretrain('mobileone'), lambda s: {
            'stage0': s['MobileOneBlock'](3, 6, 3, 1, 2, 1), 'stage1.0': s['MobileOneBlock'](6, 6, 3, 3, 1, 1, groups=6)}, 3, 6, needs=MMCV),
        Original('RepLKNet', mmpretrain('replknet'), lambda s: {
            'stages.0.blocks.0.large_kernel': s['ReparamLargeKernelConv'](6, 6, 13, 1, 6, 5),
            'stages.0.blocks.1.large_kernel': s['ReparamLargeKernelConv'](6, 6, 9, 1, 6, None)}, 6, 6, needs=MMCV),
    ]


def strangers(folder):
    """Networks of the same sources without such blocks: none may be merged. (name, module)."""
    found = []
    for title, files, make in [
        ('YOLOv7 ELAN', ['WongKinYiu/yolov7/models/common.py'],
         lambda s: yolo_list(model__0=s['Conv'](3, 8, 3), model__1=s['SPPCSPC'](8, 8), model__2=s['BottleneckCSPA'](8, 8), model__3=s['Stem'](8, 8))),
        ('YOLOv8', ULTRALYTICS, lambda s: yolo_list(model__0=s['Conv'](3, 8, 3), model__1=s['C2f'](8, 8, 2), model__2=s['SPPF'](8, 8), model__3=s['C3'](8, 8, 2))),
        ('YOLOv10 CIB without large kernels', ULTRALYTICS, lambda s: yolo_list(model__0=s['C2fCIB'](8, 8, 1), model__1=s['SCDown'](8, 8, 3, 2))),
        ('YOLOv6 CSP', ['meituan/YOLOv6/yolov6/layers/common.py'],
         lambda s: {'backbone.ERBlock_2.1': s['RepBlock'](8, 8, 2, s['BottleRep'], s['ConvWrapper']), 'backbone.ERBlock_5.2': s['SimSPPF'](8, 8)}),
        ('YOLOv6 hyper search', ['meituan/YOLOv6/yolov6/layers/common.py'], lambda s: {'backbone.stem': s['LinearAddBlock'](8, 8)}),
    ]:
        try:
            space = taken(folder, *files)
            found.append((title, Net({**make(space), 'head': nn.Conv2d(8, 8, 1)}, 8)))
        except (Missing, KeyError) as error:
            print(f'{title}: not there, {error}')
    return found
