/** What is known of a checkpoint's file, and how pixels become its inputs. */
import { graphql } from '../gql';
import type { CheckpointFactsFragment } from '../gql/graphql';
import { Digest } from '../ui/digest';
import { Facts } from '../ui/facts';
import { bytes, decimal, integer, moment } from '../ui/format';
import { Panel } from '../ui/panel';
import { FORMAT_NAMES } from './formats';

graphql(`
  fragment CheckpointFacts on Checkpoint {
    id
    name
    digest
    format
    architecture
    parameterCount
    sizeBytes
    inputHeight
    inputWidth
    inputChannels
    classCount
    createdAt
    notes
    tags
    metadata
    preprocessingDigest
    preprocessing {
      scale
      mean
      std
      channelOrder
      output
    }
  }
`);

export function CheckpointFacts({ checkpoint }: { checkpoint: CheckpointFactsFragment }) {
  const { preprocessing } = checkpoint;
  const list = (values: readonly number[]) => values.map((value) => decimal(value)).join(', ');
  return (
    <Facts
      facts={[
        ['Format', FORMAT_NAMES[checkpoint.format]],
        ['Parameters', integer(checkpoint.parameterCount)],
        ['Size', bytes(checkpoint.sizeBytes)],
        [
          'Input (height, width, channels)',
          `${checkpoint.inputHeight}×${checkpoint.inputWidth}×${checkpoint.inputChannels}`,
        ],
        ['Classes', integer(checkpoint.classCount)],
        ['SHA-256', <Digest key="digest" value={checkpoint.digest} />],
        ['Created', moment(checkpoint.createdAt)],
        ['Tags', checkpoint.tags.length === 0 ? '–' : checkpoint.tags.join(', ')],
        ['Pixels are scaled by', decimal(preprocessing.scale, 6)],
        ['Mean', list(preprocessing.mean)],
        ['Standard deviation', list(preprocessing.std)],
        ['Channels', preprocessing.channelOrder],
        ['Outputs', preprocessing.output === 'LOGITS' ? 'logits' : 'probabilities'],
        ['Preprocessing’s SHA-256', <Digest key="own" value={checkpoint.preprocessingDigest} />],
        ['Architecture', checkpoint.architecture],
        ...(checkpoint.notes === '' ? [] : [['Notes', checkpoint.notes] as const]),
      ]}
    />
  );
}

export function MetadataPanel({ metadata }: { metadata: Record<string, unknown> }) {
  if (Object.keys(metadata).length === 0) return null;
  return (
    <Panel title="What the trainer wrote">
      <pre className="metadata" tabIndex={0} role="region" aria-label="Metadata">
        {JSON.stringify(metadata, undefined, 2)}
      </pre>
    </Panel>
  );
}
