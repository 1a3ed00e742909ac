import { intAttribute, intsAttribute } from '../ir/attributes';
import { badInput, input, unsupported, type Kernel, type KernelCall, type KernelTable } from './kernel';
import { ndArray, product } from './strided';
import { resolveWindow, threeAxes } from './window';

/** What a window is reduced to: the values inside the image, and how many places the window counts. */
type Reduce = (values: readonly number[], places: number) => number;

function pool(reduceFor: (call: KernelCall) => Reduce): Kernel {
  return (call) => {
    const { node } = call;
    const x = input(call, 0);
    const reduce = reduceFor(call);
    const kernel = intsAttribute(node, 'kernel_shape') ?? badInput(node, 'has no kernel_shape');
    const window = resolveWindow(node, x.dims.slice(2), kernel, intAttribute(node, 'ceil_mode', 0) !== 0);
    const size = threeAxes(node, x.dims.slice(2), 1);
    const out = threeAxes(node, window.output, 1);
    const axes = [0, 1, 2].map((axis) => {
      const three = (values: readonly number[], fill: number) =>
        threeAxes(node, values, fill)[axis] as number;
      return axisPlaces({
        size: size[axis] as number,
        out: out[axis] as number,
        kernel: three(kernel, 1),
        stride: three(window.strides, 1),
        dilation: three(window.dilations, 1),
        begin: three(window.begin, 0),
        end: three(window.end, 0),
      });
    }) as [Places[], Places[], Places[]];
    const planes = product(x.dims, 0, 2);
    const data = new Float64Array(planes * product(out));
    let to = 0;
    for (let plane = 0; plane < planes; plane++) {
      const image = x.data.subarray(plane * product(size), (plane + 1) * product(size));
      for (const z of axes[0])
        for (const y of axes[1])
          for (const row of axes[2]) {
            const values: number[] = [];
            for (const a of z.inside)
              for (const b of y.inside)
                for (const c of row.inside) values.push(image[(a * size[1] + b) * size[2] + c] as number);
            data[to++] = reduce(values, z.padded * y.padded * row.padded);
          }
    }
    return [ndArray(x.dtype, [...x.dims.slice(0, 2), ...window.output], data)];
  };
}

/** One window along one axis. */
interface Places {
  /** The elements of the image that it covers. */
  readonly inside: readonly number[];
  /** The elements of the padded image that it covers. */
  readonly padded: number;
}

interface AxisWindow {
  readonly size: number;
  readonly out: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly begin: number;
  readonly end: number;
}

function axisPlaces(axis: AxisWindow): Places[] {
  return Array.from({ length: axis.out }, (_, o) => {
    const taps = Array.from(
      { length: axis.kernel },
      (__, tap) => o * axis.stride + tap * axis.dilation - axis.begin,
    );
    return {
      inside: taps.filter((place) => place >= 0 && place < axis.size),
      // windows that ceil_mode lets reach past the end padding count only what they cover
      padded: taps.filter((place) => place < axis.size + axis.end).length,
    };
  });
}

const maxPool: Kernel = (call) => {
  if (call.node.outputs[1] !== undefined && call.node.outputs[1] !== '')
    unsupported(call.node, 'asks for indices');
  return pool(() => (values) => values.reduce((most, value) => Math.max(most, value), -Infinity))(call);
};

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const averagePool = pool(({ node }) => {
  const countPads = intAttribute(node, 'count_include_pad', 0) !== 0;
  return (values, places) => sum(values) / (countPads ? places : values.length);
});

const lpNorm =
  (p: number): Reduce =>
  (values) =>
    sum(values.map((value) => Math.abs(value) ** p)) ** (1 / p);

/** One value a channel from all of its plane. */
function globalPool(reduceFor: (call: KernelCall) => Reduce): Kernel {
  return (call) => {
    const x = input(call, 0);
    const reduce = reduceFor(call);
    const size = product(x.dims, 2);
    const data = Float64Array.from({ length: product(x.dims, 0, 2) }, (_, plane) =>
      reduce(Array.from(x.data.subarray(plane * size, (plane + 1) * size)), size),
    );
    return [
      ndArray(
        x.dtype,
        x.dims.map((dim, axis) => (axis < 2 ? dim : 1)),
        data,
      ),
    ];
  };
}

export const poolKernels: KernelTable = {
  MaxPool: maxPool,
  AveragePool: averagePool,
  LpPool: pool(({ node }) => lpNorm(intAttribute(node, 'p', 2))),
  GlobalAveragePool: globalPool(() => (values, places) => sum(values) / places),
  GlobalMaxPool: globalPool(
    () => (values) => values.reduce((most, value) => Math.max(most, value), -Infinity),
  ),
  GlobalLpPool: globalPool(({ node }) => lpNorm(intAttribute(node, 'p', 2))),
};
