/** Checkpoints, a line each. */
import { graphql } from '../gql';
import type { CheckpointRowFragment } from '../gql/graphql';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { Digest } from '../ui/digest';
import { ago, bytes, integer, moment } from '../ui/format';
import { FORMAT_NAMES } from './formats';

graphql(`
  fragment CheckpointRow on Checkpoint {
    id
    name
    digest
    format
    aliases
    tags
    parameterCount
    sizeBytes
    inputHeight
    inputWidth
    inputChannels
    classCount
    createdAt
  }
`);

export function CheckpointTable({
  checkpoints,
}: {
  checkpoints: readonly CheckpointRowFragment[];
}) {
  return (
    <div className="table-frame" tabIndex={0} role="region" aria-label="Table of checkpoints">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Format</th>
            <th scope="col" className="number">
              Parameters
            </th>
            <th scope="col" className="number">
              Size
            </th>
            <th scope="col">Input</th>
            <th scope="col" className="number">
              Classes
            </th>
            <th scope="col">SHA-256</th>
            <th scope="col">Created</th>
          </tr>
        </thead>
        <tbody>
          {checkpoints.map((checkpoint) => (
            <tr key={checkpoint.id}>
              <th scope="row">
                <Link to={pathTo('checkpoint', { id: checkpoint.id })}>{checkpoint.name}</Link>
                {[...checkpoint.aliases, ...checkpoint.tags].map((word) => (
                  <span key={word} className="chip">
                    {word}
                  </span>
                ))}
              </th>
              <td>{FORMAT_NAMES[checkpoint.format]}</td>
              <td className="number">{integer(checkpoint.parameterCount)}</td>
              <td className="number">{bytes(checkpoint.sizeBytes)}</td>
              <td>
                {checkpoint.inputHeight}×{checkpoint.inputWidth}×{checkpoint.inputChannels}
              </td>
              <td className="number">{integer(checkpoint.classCount)}</td>
              <td>
                <Digest value={checkpoint.digest} />
              </td>
              <td title={moment(checkpoint.createdAt)}>{ago(checkpoint.createdAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
