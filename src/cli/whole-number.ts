/** Reads the whole number of an option. */
import { InvalidArgumentError } from 'commander';

/** @returns a parser for commander */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) {
      return value;
    }
    throw new InvalidArgumentError(`a whole number of ${least} to ${most} is needed`);
  };
}
