/** Registers checkpoints and finds them again. */
import { randomUUID } from 'node:crypto';
import type { DataSource, Repository } from 'typeorm';
import { UserError } from '../errors';
import { Checkpoint } from './checkpoint.entity';
import type { CheckpointRoots } from './checkpoint-roots';
import type { CheckpointStore } from './checkpoint-store';
import type { CheckpointFiles } from './formats/checkpoint-files';
import { describeCheckpoint } from './formats/describe-checkpoint';
import { readCheckpoint } from './formats/read-checkpoint';
import { storableMetadata } from './storable-metadata';

const NAME_MAX_LENGTH = 200;

export class CheckpointService {
  private readonly repository: Repository<Checkpoint>;

  constructor(
    dataSource: DataSource,
    private readonly store: CheckpointStore,
    private readonly roots: CheckpointRoots,
  ) {
    this.repository = dataSource.getRepository(Checkpoint);
  }

  /** Registers what a remote caller names: only inside the configured roots. */
  async registerInsideRoots(path: string, name?: string): Promise<Checkpoint> {
    return this.register(await this.roots.resolve(path), name);
  }

  /**
   * Stores and registers a checkpoint; the same content answers with the checkpoint that is there.
   *
   * @param path a file or folder that this process may read
   * @throws UserError CHECKPOINT_* as the readers say
   */
  async register(path: string, name?: string): Promise<Checkpoint> {
    const files = await readCheckpoint(path);
    const description = describeCheckpoint(files);
    const metadata = storableMetadata(description.metadata ?? {});
    await this.store.put(files);
    await this.repository
      .createQueryBuilder()
      .insert()
      .values({
        id: randomUUID(),
        name: (name ?? nameFrom(metadata, path)).slice(0, NAME_MAX_LENGTH),
        digest: files.digest,
        format: files.format,
        architecture: description.architecture,
        inputHeight: description.inputShape.height,
        inputWidth: description.inputShape.width,
        inputChannels: description.inputShape.channels,
        classCount: description.classCount,
        parameterCount: description.parameterCount,
        sizeBytes: files.sizeBytes,
        metadata: metadata as object,
      })
      .orIgnore()
      .execute();
    return this.repository.findOneByOrFail({ digest: files.digest });
  }

  /** @throws UserError CHECKPOINT_NOT_FOUND */
  async get(id: string): Promise<Checkpoint> {
    const checkpoint = await this.repository.findOneBy({ id });
    if (checkpoint) return checkpoint;
    throw new UserError(
      'CHECKPOINT_NOT_FOUND',
      `there is no checkpoint ${id}; the query "checkpoints" lists them`,
    );
  }

  list(first: number, offset: number): Promise<Checkpoint[]> {
    return this.repository.find({
      order: { createdAt: 'DESC', id: 'DESC' },
      take: first,
      skip: offset,
    });
  }

  /** The checkpoint's bytes, held against its digest. */
  files(checkpoint: Checkpoint): Promise<CheckpointFiles> {
    return this.store.load(checkpoint.digest);
  }
}

function nameFrom(metadata: Record<string, unknown>, path: string): string {
  if (typeof metadata.name === 'string' && metadata.name !== '') return metadata.name;
  return path.split(/[/\\]/).filter(Boolean).at(-1) ?? path;
}
