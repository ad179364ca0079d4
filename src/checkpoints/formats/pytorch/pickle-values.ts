/** What a pickle may hold once it is read: plain data, and descriptions of tensors that nothing was done for yet. */
import type { StateDictDtype } from '../state-dict';

/** dtypes that torch.save writes as a storage of their own, and that no classifier's weights are held in here. */
export type OtherDtype = 'int32' | 'int16' | 'int8' | 'uint8' | 'bool' | 'complex64' | 'complex128';

export type StorageDtype = StateDictDtype | OtherDtype;

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleTuple
  | PickleList
  | PickleDict
  | PickleGlobal
  | StorageRef
  | TensorRef;

/** Keys that Python hashes and that JavaScript compares by value. */
export type PickleKey = null | boolean | number | bigint | string;

export class PickleTuple {
  constructor(readonly items: readonly PickleValue[]) {}
}

export class PickleList {
  readonly items: PickleValue[] = [];
}

/** `dict` or `collections.OrderedDict`; attributes set on the latter are dropped. */
export class PickleDict {
  readonly entries = new Map<PickleKey, PickleValue>();

  constructor(readonly ordered: boolean) {}
}

/** What an allowed name means to this reader. No name is ever looked up in any other place. */
export type GlobalMeaning =
  | { does: 'ordered-dict' | 'rebuild-tensor' | 'rebuild-parameter' }
  | { does: 'storage'; dtype: StorageDtype };

export class PickleGlobal {
  constructor(
    readonly name: string,
    readonly meaning: GlobalMeaning,
  ) {}
}

/** A storage in the archive's entry `data/<key>`; whether the entry is there and as long is not known yet. */
export class StorageRef {
  constructor(
    readonly dtype: StorageDtype,
    readonly key: string,
    readonly elements: number,
  ) {}
}

/** A view of a storage: non-negative integers, as many strides as sizes; not yet held against the storage. */
export class TensorRef {
  constructor(
    readonly storage: StorageRef,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}
