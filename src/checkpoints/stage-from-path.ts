/** Copies the files of a checkpoint that lies on this machine into a staging, piece by piece. */
import path from 'node:path';
import { UserError } from '../errors';
import type { CheckpointStaging } from './checkpoint-staging';
import { ByteBudget, isMissing, unreadable } from './formats/bounded-file';
import { METADATA_FILE } from './formats/checkpoint-digest';
import type { CheckpointFormat } from './formats/checkpoint-files';
import { checkpointInvalid, listed, quoted } from './formats/checkpoint-invalid';
import { formatOfFile, sidecarNames } from './formats/file-names';
import { MODEL_FILE, parseModelJson, type WeightGroup } from './formats/tfjs-manifest';
import { MAX_CHECKPOINT_BYTES, MAX_MODEL_JSON_BYTES } from './limits';
import { chunksOf, isInside, openReal, type RealFile } from './real-file';

export interface CheckpointPlace {
  /** Absolute, or from the working directory on. */
  path: string;
  /** The path in its caller's own words, for errors. */
  said: string;
  /** Asked about the real path of every file after it has been opened; throws where it may not be read. */
  guard: (realPath: string) => void;
}

/**
 * A folder with model.json, or the path of a model.json: with the weight files of its manifest and
 * metadata.json. A file `*.onnx`; a file `*.pth`, `*.pt` or `*.safetensors` with the YAML beside it. What the
 * bytes mean is not looked at.
 *
 * @throws UserError CHECKPOINT_NOT_FOUND, CHECKPOINT_FORMAT_UNKNOWN, CHECKPOINT_TOO_LARGE, CHECKPOINT_INVALID,
 *   TFJS_PATH_FORBIDDEN, TFJS_WEIGHTS_MISSING, TFJS_WEIGHTS_LENGTH; OperationalError CHECKPOINT_UNREADABLE; what the place's guard throws
 */
export async function stageFromPath(
  place: CheckpointPlace,
  staging: CheckpointStaging,
): Promise<CheckpointFormat> {
  const named = path.resolve(place.path);
  const name = path.basename(named);
  const copy = new Copy(place, staging);
  return copy.withNamed(named, async (file) => {
    if (file.isFolder) return copy.tfjs(file.realPath);
    if (name === MODEL_FILE) {
      return copy.withNamed(path.dirname(named), (folder) => copy.tfjs(folder.realPath));
    }
    const format = formatOfFile(name);
    if (format === undefined) throw formatUnknown(place.said);
    await copy.add(name, file);
    const sidecars = sidecarNames(name, format);
    if (sidecars.length > 0) {
      await copy.withNamed(path.dirname(named), (folder) =>
        copy.firstOf(folder.realPath, sidecars),
      );
    }
    return format;
  });
}

class Copy {
  private readonly budget = new ByteBudget(MAX_CHECKPOINT_BYTES);

  constructor(
    private readonly place: CheckpointPlace,
    private readonly staging: CheckpointStaging,
  ) {}

  async add(name: string, file: RealFile): Promise<void> {
    // The digest of several files is one of lines with their names: a line break would forge one.
    if (/\p{Cc}/u.test(name)) {
      throw checkpointInvalid(`the file name ${quoted(name)} has control characters; rename it`);
    }
    await this.staging.add(name, chunksOf(file, this.budget));
  }

  async withNamed<T>(named: string, use: (file: RealFile) => Promise<T>): Promise<T> {
    const file = await this.open(named);
    if (file !== undefined) {
      return withFile(file, () => {
        this.place.guard(file.realPath);
        return use(file);
      });
    }
    throw new UserError(
      'CHECKPOINT_NOT_FOUND',
      `There is no checkpoint at ${quoted(this.place.said)}: check the path.`,
    );
  }

  async tfjs(folder: string): Promise<CheckpointFormat> {
    if (!(await this.addInside(folder, MODEL_FILE))) throw formatUnknown(this.place.said);
    const { format, groups } = parseModelJson(await this.modelJson());
    for (const group of groups) await this.weightFiles(folder, group);
    await this.addInside(folder, METADATA_FILE);
    return format;
  }

  private async weightFiles(folder: string, { paths, byteLength }: WeightGroup): Promise<void> {
    let copied = 0;
    for (const name of paths) {
      if (!(await this.addInside(folder, name))) {
        throw checkpointInvalid(`the weight file ${quoted(name)} is missing`, {
          code: 'TFJS_WEIGHTS_MISSING',
        });
      }
      copied += this.staging.sources().get(name)?.size ?? 0;
    }
    if (copied === byteLength) return;
    throw checkpointInvalid(
      `the weight files ${listed(paths.map(quoted), ', ')} hold ${copied} bytes together ` +
        `where the manifest's weights need ${byteLength}`,
      { code: 'TFJS_WEIGHTS_LENGTH' },
    );
  }

  /** The copy, so that what is parsed is what is kept. */
  private async modelJson(): Promise<Uint8Array> {
    const source = this.staging.sources().get(MODEL_FILE);
    if (source === undefined) throw new Error(`${MODEL_FILE} has just been written`);
    if (source.size > MAX_MODEL_JSON_BYTES) {
      throw checkpointInvalid(
        `${MODEL_FILE} has ${source.size} bytes; at most ${MAX_MODEL_JSON_BYTES} are allowed`,
      );
    }
    return source.read(0, source.size);
  }

  async firstOf(folder: string, names: readonly string[]): Promise<void> {
    for (const name of names) {
      if (await this.addInside(folder, name)) return;
    }
  }

  /** @returns false where there is no such file */
  private async addInside(folder: string, name: string): Promise<boolean> {
    const file = await this.open(path.join(folder, name));
    if (file === undefined) return false;
    return withFile(file, async () => {
      if (!isInside(folder, file.realPath)) {
        throw checkpointInvalid(
          `the file ${quoted(name)} is a link that leaves the checkpoint's folder; copy the real file there`,
        );
      }
      this.place.guard(file.realPath);
      if (file.isFolder) throw checkpointInvalid(`${quoted(name)} is not a regular file`);
      await this.add(name, file);
      return true;
    });
  }

  private async open(given: string): Promise<RealFile | undefined> {
    try {
      return await openReal(given);
    } catch (error) {
      if (error instanceof UserError) throw error;
      if (isMissing(error)) return undefined;
      throw unreadable(path.basename(given), error);
    }
  }
}

async function withFile<T>({ handle }: RealFile, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } finally {
    await handle.close();
  }
}

function formatUnknown(said: string): UserError {
  return new UserError(
    'CHECKPOINT_FORMAT_UNKNOWN',
    `${quoted(said)} is no checkpoint of a supported format. Give a file *.onnx, *.pth, *.pt or ` +
      '*.safetensors, a folder with a tfjs model (model.json and its weight files), or its model.json.',
  );
}
