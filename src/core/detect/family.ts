import type { Geometry } from '../algebra/geometry/geometry';
import type { Path, Step } from './branchTree';

/** What the literature calls a block; "Linear branches" for those that no paper has named. */
export type Family =
  | 'RepVGG'
  | 'RepVGG-alpha'
  | 'RepConv'
  | 'ACNet'
  | 'DBB'
  | 'MobileOne'
  | 'RepMixer'
  | 'RepCPE'
  | 'RepVGGDW'
  | 'QARepVGG'
  | 'RepLKNet'
  | 'UniRepLKNet'
  | 'RepGhost'
  | 'ECBSR'
  | 'LoRA'
  | 'DynamicConv'
  | 'Linear branches';

/** What the namer looks at: the branches, and what follows the block. */
export interface Traits {
  readonly paths: readonly Path[];
  /** Op types of the nodes that read the block's output. */
  readonly readers: readonly string[];
}

/** The first family whose branches these are, from the most particular to the most general. */
export function nameFamily(traits: Traits): Family {
  const branches = traits.paths.map(summarise);
  for (const [family, matches] of NAMERS) if (matches(branches, traits)) return family;
  return 'Linear branches';
}

/** A branch as far as names go. */
interface Summary {
  readonly convs: readonly Geometry[];
  /** Matrix products, for layers without space. */
  readonly products: readonly Geometry[];
  /** Channels selected or moved. */
  readonly selected: boolean;
  readonly pooled: boolean;
  readonly padded: boolean;
  readonly bn: boolean;
  readonly scaled: boolean;
  /** A scalar coefficient: PP-YOLOE's alpha. */
  readonly alpha: boolean;
  readonly negative: boolean;
  readonly outerBn: boolean;
  readonly outerScale: boolean;
}

function summarise({ steps, outer, coefficient }: Path): Summary {
  const has = (kind: Step['kind'], list: readonly Step[] = steps): boolean =>
    list.some((step) => step.kind === kind);
  return {
    convs: steps.flatMap((step) => (step.kind === 'conv' ? [step.expr.geometry] : [])),
    products: steps.flatMap((step) => (step.kind === 'linear' ? [step.expr.geometry] : [])),
    selected: has('rows') || has('convTranspose'),
    pooled: has('averagePool'),
    padded: steps.some(
      (step) => step.kind === 'points' && step.expr.geometry.axes.some((axis) => axis.slack > 0),
    ),
    bn: has('bn'),
    scaled: has('scale'),
    alpha: steps.some((step) => step.kind === 'scale' && step.vector.kind === 'tensor'),
    negative: coefficient < 0,
    outerBn: has('bn', outer),
    outerScale: has('scale', outer),
  };
}

const isPoint = (geometry: Geometry): boolean => geometry.axes.every((axis) => axis.count === 1);
const isDepthwise = (geometry: Geometry): boolean =>
  geometry.groups > 1 && geometry.groups === geometry.inChannels;
const isDilated = (geometry: Geometry): boolean =>
  geometry.axes.some((axis) => axis.count > 1 && axis.step > 1);
const isSquare = (geometry: Geometry): boolean =>
  geometry.axes.every((axis) => axis.count === geometry.axes[0]?.count);
const side = (geometry: Geometry): number => Math.max(0, ...geometry.axes.map((axis) => axis.count));

const isIdentity = (branch: Summary): boolean =>
  branch.convs.length + branch.products.length === 0 && !branch.pooled && !branch.selected;
const only = (branch: Summary): Geometry | null =>
  branch.convs.length === 1 && branch.products.length === 0 && !branch.pooled && !branch.selected
    ? (branch.convs[0] as Geometry)
    : null;
const isSpatial = (branch: Summary): boolean => {
  const conv = only(branch);
  return conv !== null && !isPoint(conv);
};
const isPointConv = (branch: Summary): boolean => {
  const conv = only(branch);
  return conv !== null && isPoint(conv);
};

interface Kinds {
  readonly spatial: readonly Summary[];
  readonly point: readonly Summary[];
  readonly identity: readonly Summary[];
  readonly other: readonly Summary[];
}

function kinds(branches: readonly Summary[]): Kinds {
  return {
    spatial: branches.filter(isSpatial),
    point: branches.filter(isPointConv),
    identity: branches.filter(isIdentity),
    other: branches.filter((branch) => !isSpatial(branch) && !isPointConv(branch) && !isIdentity(branch)),
  };
}

type Namer = (branches: readonly Summary[], traits: Traits) => boolean;

const depthwiseSpatial = (branches: readonly Summary[]): boolean =>
  kinds(branches).spatial.every((branch) => isDepthwise(only(branch) as Geometry));

/** k×k + 1×1, with or without an identity: what RepVGG and its descendants share. */
function isVggShaped(branches: readonly Summary[]): boolean {
  const { spatial, point, identity, other } = kinds(branches);
  return (
    spatial.length === 1 &&
    point.length === 1 &&
    identity.length <= 1 &&
    other.length === 0 &&
    spatial.every(isPlain)
  );
}

const isPlain = (branch: Summary): boolean => {
  const conv = only(branch);
  return conv !== null && isSquare(conv) && !isDilated(conv);
};

const isRepMixer: Namer = (branches) => branches.some((branch) => branch.negative && isIdentity(branch));

const isUniRepLK: Namer = (branches) => {
  const { spatial, point } = kinds(branches);
  return (
    spatial.length + point.length >= 2 &&
    depthwiseSpatial(branches) &&
    spatial.some((branch) => isDilated(only(branch) as Geometry))
  );
};

const isRepLK: Namer = (branches) => {
  const { spatial, point, identity, other } = kinds(branches);
  const sides = spatial.map((branch) => side(only(branch) as Geometry)).sort((a, b) => b - a);
  return (
    sides.length === 2 &&
    point.length + identity.length + other.length === 0 &&
    depthwiseSpatial(branches) &&
    (sides[0] ?? 0) > (sides[1] ?? 0)
  );
};

const isEcbsr: Namer = (branches) => {
  const chains = branches.filter(
    (branch) => branch.convs.length === 2 && isPoint(branch.convs[0] as Geometry),
  );
  return (
    chains.length >= 2 && chains.filter((branch) => isDepthwise(branch.convs[1] as Geometry)).length >= 2
  );
};

/** k×k + 1×1 (+ identity) and perhaps an average pool without parameters, all behind one BN (Chu et al. 2022). */
const isQaRepVgg: Namer = (branches) => {
  const pools = branches.filter((branch) => branch.pooled && branch.convs.length === 0 && !branch.bn);
  const others = branches.filter((branch) => !pools.includes(branch));
  return branches.every((branch) => branch.outerBn) && isVggShaped(others) && !depthwiseSpatial(others);
};

/** W·x + B·A·x with a narrow middle (Hu et al. 2021). */
const isLora: Namer = (branches) => {
  const narrow = branches.some(({ products: [first, second], products }) => {
    return (
      products.length === 2 &&
      first !== undefined &&
      second !== undefined &&
      first.outChannels < Math.min(first.inChannels, second.outChannels)
    );
  });
  return narrow && branches.some(({ products }) => products.length === 1);
};

/** k×k beside 1×1 → k×k or an average pool; where k is 1 nothing is spatial, and only both together tell (Ding et al. 2021). */
const isDbb: Namer = (branches) => {
  const sequential = branches.some(
    (branch) => branch.convs.length === 2 && isPoint(branch.convs[0] as Geometry),
  );
  const pooled = branches.some((branch) => branch.pooled);
  return kinds(branches).spatial.length >= 1 ? sequential || pooled : sequential && pooled;
};

const isAcNet: Namer = (branches) => {
  const { spatial, point, identity, other } = kinds(branches);
  const lines = spatial.filter(
    (branch) => (only(branch) as Geometry).axes.filter((axis) => axis.count > 1).length === 1,
  );
  const planes = spatial.filter((branch) => isPlain(branch));
  return (
    planes.length >= 1 &&
    lines.length >= 2 &&
    point.length + identity.length + other.length === 0 &&
    lines.length + planes.length === spatial.length
  );
};

const isRepCpe: Namer = (branches) => {
  const { spatial, identity } = kinds(branches);
  return (
    branches.length === 2 &&
    spatial.length === 1 &&
    identity.length === 1 &&
    depthwiseSpatial(branches) &&
    !(identity[0] as Summary).bn
  );
};

const isRepGhost: Namer = (branches) => {
  const { spatial, identity } = kinds(branches);
  return branches.length === 2 && spatial.length === 1 && identity.length === 1 && depthwiseSpatial(branches);
};

const isRepVggDw: Namer = (branches) => {
  const { identity } = kinds(branches);
  return (
    isVggShaped(branches) &&
    depthwiseSpatial(branches) &&
    identity.length === 1 &&
    !(identity[0] as Summary).bn
  );
};

/** n k×k branches (over-parameterized), a 1×1 "scale" branch, a BN: depthwise, or pointwise without any k×k. */
const isMobileOne: Namer = (branches) => {
  const { spatial, point, identity, other } = kinds(branches);
  if (other.length > 0 || identity.length > 1 || identity.some((branch) => !branch.bn)) return false;
  const several =
    spatial.length > 1 &&
    new Set(spatial.map((branch) => side(only(branch) as Geometry))).size === 1 &&
    spatial.every(isPlain);
  const pointwise = spatial.length === 0 && point.length >= 1 && branches.length >= 2;
  const depthwise = isVggShaped(branches) && depthwiseSpatial(branches);
  return (several && point.length <= 1) || pointwise || depthwise;
};

/** SiLU as exporters write it. */
const isSilu = (readers: readonly string[]): boolean =>
  readers.includes('Swish') || (readers.includes('Sigmoid') && readers.includes('Mul'));

const NAMERS: readonly (readonly [Family, Namer])[] = [
  ['LoRA', isLora],
  ['RepMixer', isRepMixer],
  ['QARepVGG', isQaRepVgg],
  ['ECBSR', isEcbsr],
  ['DBB', isDbb],
  ['UniRepLKNet', isUniRepLK],
  ['RepLKNet', isRepLK],
  ['ACNet', isAcNet],
  ['RepVGGDW', isRepVggDw],
  ['RepCPE', isRepCpe],
  ['RepGhost', isRepGhost],
  [
    'RepVGG-alpha',
    (branches) => isVggShaped(branches) && kinds(branches).point.some((branch) => branch.alpha),
  ],
  ['MobileOne', isMobileOne],
  ['RepConv', (branches, traits) => isVggShaped(branches) && isSilu(traits.readers)],
  ['RepVGG', isVggShaped],
];
