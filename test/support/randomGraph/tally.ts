/** What the random graphs held, and how much of it was merged: a weak generator proves nothing. */
export class Tally {
  graphs = 0;
  discarded = 0;
  merging = 0;
  blocks = 0;
  decoyed = 0;
  blocksExactly = 0;
  networksExactly = 0;
  networksOnRuntime = 0;
  /** Networks that onnxruntime can't load: training-mode BN with one output. */
  runtimeRefused = 0;
  mergedAgain = 0;
  readonly refusals = new Map<string, number>();
  private readonly constructs = new Map<string, { made: number; merged: number }>();

  construct(tag: string, isMerged: boolean): void {
    const count = this.constructs.get(tag) ?? { made: 0, merged: 0 };
    count.made += 1;
    if (isMerged) count.merged += 1;
    this.constructs.set(tag, count);
  }

  refusal(code: string): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }

  get mergingShare(): number {
    return this.merging / Math.max(1, this.graphs);
  }

  /** One line that says whether the generator is any good. */
  summary(): string {
    const share = (100 * this.mergingShare).toFixed(0);
    return (
      `${this.graphs} random graphs (${this.discarded} discarded, ${this.decoyed} with decoys): ${this.merging} (${share} %) ` +
      `merged something, ${this.blocks} blocks; compared ${this.blocksExactly} blocks and ${this.networksExactly} networks ` +
      `in float64, ${this.networksOnRuntime} networks on wasm (${this.runtimeRefused} it could not load); ` +
      `${this.mergedAgain} merged more when fused again`
    );
  }

  /** Nodes by construct: how many were inside a merged block, of how many that were made. */
  table(): string {
    const rows = [...this.constructs].sort((a, b) => b[1].merged - a[1].merged || b[1].made - a[1].made);
    const entries = rows.map(([tag, { made, merged }]) => `${tag} ${merged}/${made}`);
    const codes = [...this.refusals].sort((a, b) => b[1] - a[1]).map(([code, count]) => `${code} ${count}`);
    return `nodes merged/made: ${entries.join(', ')}\nblocks refused: ${codes.join(', ')}`;
  }
}
