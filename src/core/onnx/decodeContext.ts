import type { Graph } from '../ir/model';
import type { Companions } from './externalData';
import type { NodeNames } from './nodeNames';
import type { GraphProto } from './schema/onnx_pb';
import type { OnnxRecords } from './source';
import type { ValueNames } from './valueNames';

/** What every step of decoding one model shares. */
export interface DecodeContext {
  readonly irVersion: number;
  readonly companions: Companions;
  /** Called with a view of the file before its bytes are read; for files that are not read as a whole. */
  readonly touch: (view: Uint8Array) => void;
  readonly records: OnnxRecords;
  readonly values: ValueNames;
  /** Names of the nodes of the graph and its subgraphs; a function body has its own. */
  readonly names: NodeNames;
  /** Decodes a subgraph; here because attributes hold graphs and graphs hold attributes. */
  readonly decodeGraph: (proto: GraphProto, context: DecodeContext) => Graph;
}
