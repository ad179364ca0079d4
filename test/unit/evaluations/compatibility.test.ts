/** A checkpoint and a dataset that don't belong together are refused before anything runs. */
import { Checkpoint } from '../../../src/checkpoints/checkpoint.entity';
import { Dataset } from '../../../src/datasets/dataset.entity';
import { UserError } from '../../../src/errors';
import { assertCompatible } from '../../../src/evaluations/compatibility';

const CHECKPOINT = { inputHeight: 28, inputWidth: 28, inputChannels: 1, classCount: 3 };
const DATASET = { imageHeight: 28, imageWidth: 28, imageChannels: 1, classNames: ['a', 'b', 'c'] };

const check = (checkpoint: Partial<Checkpoint>, dataset: Partial<Dataset> = {}) => {
  assertCompatible(
    Object.assign(new Checkpoint(), CHECKPOINT, checkpoint),
    Object.assign(new Dataset(), { name: 'letters' }, DATASET, dataset),
  );
};

describe('assertCompatible', () => {
  it('lets through what fits', () => {
    expect(() => {
      check({});
    }).not.toThrow();
  });

  it.each<[string, Partial<Checkpoint>]>([
    ['height', { inputHeight: 32 }],
    ['width', { inputWidth: 27 }],
    ['channels', { inputChannels: 3 }],
    ['class count', { classCount: 2 }],
  ])('refuses another %s', (_, difference) => {
    expect(() => {
      check(difference);
    }).toThrow('choose a checkpoint trained for this dataset');
  });

  it('names both sides, so that the reader sees what differs', () => {
    try {
      check({ inputChannels: 3 }, { classNames: ['a', 'b'] });
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).code).toBe('CHECKPOINT_DATASET_MISMATCH');
      expect((error as UserError).message).toContain('28×28×3 and knows 3 classes');
      expect((error as UserError).message).toContain('letters has images of 28×28×1 and 2 classes');
    }
    expect.assertions(4);
  });
});
