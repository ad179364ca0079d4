/** Reads the weights of a PyTorch file (`.pth`, `.pt`) without running anything that it says. */
import type { NamedTensor, StateDict } from '../state-dict';
import { findStateDict } from './find-state-dict';
import { refuseOtherFormats } from './other-formats';
import { unpickle } from './pickle-machine';
import { FETCH_AGAIN, pytorchError } from './pytorch-error';
import { readTensor, TensorBudget } from './read-tensor';
import type { TensorRef } from './pickle-values';
import { listZip, readEntries, type ZipListing } from './zip-archive';
import { zipInvalid } from './zip-fields';

/**
 * Reads a state dict, bare or under `state_dict`, `model_state_dict` or `model`, from a file of torch.save's
 * zip format (PyTorch 1.6 and later). Nothing is executed, written or looked up by a name out of the file;
 * memory stays below the tensors plus a bounded part for the pickle.
 *
 * @param bytes the whole file; not changed, and not referred to by the result
 * @returns float32 values in row-major order by name; NaN and infinite weights as they are
 * @throws UserError with one of the codes of PytorchErrorCode, and nothing else
 */
export function readPytorchStateDict(bytes: Uint8Array): StateDict {
  refuseOtherFormats(bytes);
  const listing = listZip(bytes);
  const archive = archiveOf(listing);
  const files = readEntries(bytes, listing);
  const budget = new TensorBudget(bytes.length);
  const stateDict = new Map<string, NamedTensor>();
  for (const { name, tensor, data } of tensorsOf(archive, files)) {
    stateDict.set(name, readTensor(name, tensor, data, budget));
  }
  return stateDict;
}

/**
 * @returns the folder in which all entries are
 * @throws UserError PYTORCH_ZIP_INVALID, PYTORCH_TORCHSCRIPT
 */
export function archiveOf({ records }: ZipListing): string {
  const names = records.map(({ name }) => name);
  const archive = rootOf(names);
  refuseScripts(names, archive);
  return archive;
}

/**
 * What the pickle says of tensors, each with the data of its storage where there are any.
 *
 * @throws UserError as readPytorchStateDict
 */
export function tensorsOf(
  archive: string,
  files: ReadonlyMap<string, Uint8Array>,
): { name: string; tensor: TensorRef; data: Uint8Array | undefined }[] {
  const pickle = files.get(`${archive}/data.pkl`);
  if (pickle === undefined) throw zipInvalid('its zip archive has no data.pkl');
  checkByteOrder(files.get(`${archive}/byteorder`));
  return [...findStateDict(unpickle(pickle))].map(([name, tensor]) => ({
    name,
    tensor,
    data: files.get(`${archive}/data/${tensor.storage.key}`),
  }));
}

/** torch.save puts every entry into one folder, named after the file. */
function rootOf(names: readonly string[]): string {
  const roots = new Set<string>();
  for (const name of names) {
    const slash = name.indexOf('/');
    roots.add(slash < 0 ? '' : name.slice(0, slash));
  }
  const [root] = roots;
  if (roots.size !== 1 || root === undefined || root === '') {
    throw zipInvalid('the entries of its zip archive are not in one folder');
  }
  return root;
}

/** Before anything else is said of the entries: some of a script's are compressed, which is not what matters. */
function refuseScripts(names: readonly string[], archive: string): void {
  const isScript = names.some(
    (name) => name === `${archive}/constants.pkl` || name.startsWith(`${archive}/code/`),
  );
  if (!isScript) return;
  throw pytorchError(
    'PYTORCH_TORCHSCRIPT',
    'it is a TorchScript program (torch.jit.save), which holds code',
    'Save its weights alone: torch.save(torch.jit.load(path).state_dict(), new_path).',
  );
}

/** Written since PyTorch 2.1; files without it are little-endian but for rare machines. */
function checkByteOrder(entry: Uint8Array | undefined): void {
  const order =
    entry === undefined ? 'little' : Buffer.from(entry.subarray(0, 16)).toString('latin1');
  if (order === 'little') return;
  throw order === 'big'
    ? pytorchError(
        'PYTORCH_BIG_ENDIAN',
        'its numbers are big-endian',
        'Load it with torch.load on any machine, and save it on a little-endian one (x86, ARM).',
      )
    : pytorchError('PYTORCH_ZIP_INVALID', 'its byteorder is neither little nor big', FETCH_AGAIN);
}
