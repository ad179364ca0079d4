/** The ways a checkpoint comes in: copied into the store, described there, and registered once. */
import { randomUUID } from 'node:crypto';
import type { DataSource, Repository } from 'typeorm';
import { UserError } from '../errors';
import { Checkpoint } from './checkpoint.entity';
import { type CheckpointDetails, NAME_MAX_LENGTH } from './checkpoint-inputs';
import { checkpointNotFound } from './checkpoint-not-found';
import type { CheckpointRoots } from './checkpoint-roots';
import type { CheckpointStaging } from './checkpoint-staging';
import type { CheckpointStore } from './checkpoint-store';
import type { CheckpointFormat } from './formats/checkpoint-files';
import { describeSources } from './formats/describe-sources';
import { formatOfFile } from './formats/file-names';
import {
  completePreprocessing,
  preprocessingDigest,
  type PreprocessingInput,
} from './preprocessing';
import { type CheckpointPlace, stageFromPath } from './stage-from-path';
import { storableMetadata } from './storable-metadata';

export interface Registration {
  checkpoint: Checkpoint;
  /** False where the same content under the same preprocessing was there already. */
  created: boolean;
}

/** A file's name without folders; it becomes a name in the store and is shown to people. */
const FILE_NAME = /^[\p{L}\p{N}_][\p{L}\p{N} ._+-]{0,199}$/u;
/** What file systems take. */
const FILE_NAME_MAX_BYTES = 255;

export class CheckpointRegistration {
  private readonly repository: Repository<Checkpoint>;

  constructor(
    dataSource: DataSource,
    private readonly store: CheckpointStore,
    private readonly roots: CheckpointRoots,
  ) {
    this.repository = dataSource.getRepository(Checkpoint);
  }

  /** What a remote caller names: only inside the configured roots. */
  async insideRoots(path: string, details: CheckpointDetails): Promise<Registration> {
    return this.fromPlace(await this.roots.resolve(path), details);
  }

  /** @param path a file or folder that this process may read */
  fromPath(path: string, details: CheckpointDetails): Promise<Registration> {
    return this.fromPlace({ path, said: path, guard: () => undefined }, details);
  }

  /**
   * What a caller sends: one file.
   *
   * @throws UserError CHECKPOINT_NAME_INVALID, CHECKPOINT_FORMAT_UNKNOWN; what `chunks` throws
   */
  async fromStream(
    fileName: string,
    chunks: AsyncIterable<Uint8Array>,
    details: CheckpointDetails,
  ): Promise<Registration> {
    const format = formatOfUpload(fileName);
    return this.staged(fileName, details, async (staging) => {
      await staging.add(fileName, chunks);
      return format;
    });
  }

  private fromPlace(place: CheckpointPlace, details: CheckpointDetails): Promise<Registration> {
    return this.staged(place.path, details, (staging) => stageFromPath(place, staging));
  }

  private async staged(
    path: string,
    details: CheckpointDetails,
    fill: (staging: CheckpointStaging) => Promise<CheckpointFormat>,
  ): Promise<Registration> {
    await this.checkParent(details.parentId);
    const staging = await this.store.stage();
    try {
      const format = await fill(staging);
      const row = await this.describe(staging, format, details, path);
      await staging.keep();
      return await this.insert(row);
    } finally {
      await staging.discard();
    }
  }

  /** Before any byte is taken. What has no descendants yet can close no cycle. */
  private async checkParent(id: string | null | undefined): Promise<void> {
    if (!id || (await this.repository.existsBy({ id }))) return;
    throw checkpointNotFound(id);
  }

  /** Looks at the copy, which nobody can exchange any more, and not at what it was copied from. */
  private async describe(
    staging: CheckpointStaging,
    format: CheckpointFormat,
    details: CheckpointDetails,
    path: string,
  ) {
    const description = await describeSources(format, staging.sources());
    const metadata = storableMetadata(description.metadata ?? {});
    const { inputShape } = description;
    const ends = { channels: inputShape.channels, endsInSoftmax: description.endsInSoftmax };
    const preprocessing = completePreprocessing(
      withoutNulls(details.preprocessing ?? {}),
      ends,
      description.preprocessing,
    );
    return {
      id: randomUUID(),
      name: (details.name ?? nameFrom(metadata, path)).slice(0, NAME_MAX_LENGTH),
      digest: staging.digest,
      format,
      architecture: description.architecture,
      inputHeight: inputShape.height,
      inputWidth: inputShape.width,
      inputChannels: inputShape.channels,
      classCount: description.classCount,
      parameterCount: description.parameterCount,
      sizeBytes: staging.sizeBytes,
      tags: details.tags ?? [],
      notes: details.notes ?? '',
      parentId: details.parentId ?? null,
      preprocessing,
      preprocessingDigest: preprocessingDigest(preprocessing),
      metadata,
    };
  }

  private async insert(row: Awaited<ReturnType<typeof this.describe>>): Promise<Registration> {
    const { digest, preprocessingDigest: itsPreprocessing } = row;
    await this.repository.createQueryBuilder().insert().values(row).orIgnore().execute();
    const identity = { digest, preprocessingDigest: itsPreprocessing };
    const checkpoint = await this.repository.findOneByOrFail(identity);
    if (checkpoint.deletedAt !== null) {
      // Who registers it wants it: it comes back, with all that hangs on it.
      await this.repository.update({ id: checkpoint.id }, { deletedAt: null });
      checkpoint.deletedAt = null;
    }
    return { checkpoint, created: checkpoint.id === row.id };
  }
}

/** GraphQL lets a caller say null for what could have been left out. */
function withoutNulls(input: PreprocessingInput): PreprocessingInput {
  const entries: [string, unknown][] = Object.entries(input);
  return Object.fromEntries(entries.filter(([, value]) => (value ?? undefined) !== undefined));
}

function formatOfUpload(fileName: string): CheckpointFormat {
  if (!FILE_NAME.test(fileName) || Buffer.byteLength(fileName) > FILE_NAME_MAX_BYTES) {
    throw new UserError(
      'CHECKPOINT_NAME_INVALID',
      'The file name must be 1 to 200 letters, digits, spaces and . _ + - without folders, beginning with a letter, digit or _.',
    );
  }
  const format = formatOfFile(fileName);
  if (format !== undefined) return format;
  throw new UserError(
    'CHECKPOINT_FORMAT_UNKNOWN',
    'The file name must end in .onnx, .pth, .pt or .safetensors; register a tfjs model by the path of its folder.',
  );
}

function nameFrom(metadata: Record<string, unknown>, path: string): string {
  if (typeof metadata.name === 'string' && metadata.name !== '') return metadata.name;
  return path.split(/[/\\]/).filter(Boolean).at(-1) ?? path;
}
