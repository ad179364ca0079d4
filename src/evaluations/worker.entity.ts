/** A process that evaluates shards, as it was last heard of. */
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import type { EngineName } from '../inference/engine';

@Entity('worker')
@Check('worker_concurrency_check', 'concurrency > 0')
export class WorkerRow {
  /** Made anew at each start. */
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ type: 'text' })
  host!: string;

  @Column({ type: 'integer' })
  pid!: number;

  @Column({ type: 'text', array: true })
  engines!: EngineName[];

  @Column({ type: 'integer' })
  concurrency!: number;

  /** Of Assay; null of a worker from before it was said. */
  @Column({ type: 'text', nullable: true })
  version!: string | null;

  /** Which databases it can work with: see SCHEMA_VERSION. */
  @Column({ type: 'integer', default: 1 })
  schemaVersion!: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  startedAt!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  heartbeatAt!: Date;
}
