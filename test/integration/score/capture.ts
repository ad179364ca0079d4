/** A stream that keeps what is written to it, chunk by chunk. */
import { Writable } from 'node:stream';

export class Capture extends Writable {
  readonly chunks: string[] = [];

  constructor(readonly columns?: number) {
    super({ decodeStrings: false });
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }

  get text(): string {
    return this.chunks.join('');
  }

  get lines(): string[] {
    return this.text.replace(/\n$/, '').split('\n');
  }
}
