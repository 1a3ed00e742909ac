import { writeSync } from 'node:fs';
import type { ByteSink } from '../../core/ports';

/** Small writes are gathered to this size: one system call for thousands of them. */
const BUFFER_BYTES = 2 ** 20;

/** Writes to an open file from its beginning. The caller maps what the system throws. */
export class BufferedSink implements ByteSink {
  private readonly buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  private filled = 0;
  private written = 0;

  constructor(private readonly descriptor: number) {}

  /** Bytes taken so far. */
  get bytes(): number {
    return this.written + this.filled;
  }

  write(bytes: Uint8Array): void {
    if (bytes.byteLength > BUFFER_BYTES - this.filled) this.flush();
    if (bytes.byteLength >= BUFFER_BYTES) {
      this.writeAll(bytes);
    } else {
      this.buffer.set(bytes, this.filled);
      this.filled += bytes.byteLength;
    }
  }

  flush(): void {
    this.writeAll(this.buffer.subarray(0, this.filled));
    this.filled = 0;
  }

  private writeAll(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.byteLength;) {
      const count = writeSync(this.descriptor, bytes, at, bytes.byteLength - at);
      at += count;
      this.written += count;
    }
  }
}
