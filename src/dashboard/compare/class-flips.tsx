/** Which classes won and lost. */
import { SaveMenu } from '../charts/save/save-menu';
import { graphql } from '../gql';
import type { ClassFlipsFragment } from '../gql/graphql';
import { integer, percent, signed } from '../ui/format';
import { Panel } from '../ui/panel';

export const CLASS_FLIPS = graphql(`
  fragment ClassFlips on ResultComparison {
    classFlips {
      classIndex
      className
      rightToWrong
      wrongToRight
      support
    }
  }
`);

/** The rest is in the CSV. */
const MAX_ROWS = 50;

export function ClassFlips({ comparison: { classFlips } }: { comparison: ClassFlipsFragment }) {
  const net = ({ rightToWrong, wrongToRight }: (typeof classFlips)[number]) =>
    wrongToRight - rightToWrong;
  const sorted = classFlips.toSorted((a, b) => net(a) - net(b) || a.classIndex - b.classIndex);
  const csv = () => [
    ['classIndex', 'className', 'rightToWrong', 'wrongToRight', 'support'],
    ...classFlips.map(({ classIndex, className, rightToWrong, wrongToRight, support }) => [
      classIndex,
      className,
      rightToWrong,
      wrongToRight,
      support,
    ]),
  ];
  return (
    <Panel
      title="Classes that won and lost"
      actions={<SaveMenu title="Classes that won and lost" rows={csv} />}
    >
      <div className="table-frame" tabIndex={0} role="region" aria-label="Flips of each class">
        <table>
          <thead>
            <tr>
              <th scope="col">Class</th>
              <th scope="col" className="number">
                Right before, wrong now
              </th>
              <th scope="col" className="number">
                Wrong before, right now
              </th>
              <th scope="col" className="number">
                Recall, points
              </th>
              <th scope="col" className="number">
                Support
              </th>
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, MAX_ROWS).map((row) => (
              <tr key={row.classIndex}>
                <th scope="row">{row.className}</th>
                <td className="number">
                  {integer(row.rightToWrong)}{' '}
                  <span className="soft">{share(row.rightToWrong, row.support)}</span>
                </td>
                <td className="number">
                  {integer(row.wrongToRight)}{' '}
                  <span className="soft">{share(row.wrongToRight, row.support)}</span>
                </td>
                <td className="number">
                  {row.support === 0 ? '–' : signed(net(row) / row.support, 1)}
                </td>
                <td className="number">{integer(row.support)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {sorted.length > MAX_ROWS && (
        <p className="note">
          The {MAX_ROWS} that lost most; all {integer(sorted.length)} are in the CSV.
        </p>
      )}
    </Panel>
  );
}

const share = (count: number, support: number) =>
  support === 0 ? '' : percent(count / support, 1);
