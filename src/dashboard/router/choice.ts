/** A setting of the view with a fixed set of values, such as the order of a table. */
import { useSearchParam } from './location';

/** @returns the first of `choices` where the address has none or an unknown one */
export function useChoice<T extends string>(
  name: string,
  choices: readonly [T, ...T[]],
): [T, (value: T) => void] {
  const [fallback] = choices;
  const [value, set] = useSearchParam(name, fallback);
  return [choices.find((choice) => choice === value) ?? fallback, set];
}
