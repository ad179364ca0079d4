/** Who evaluates, and what waits. */
import { useQuery } from 'urql';
import { graphql } from '../gql';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { Empty } from '../ui/empty';
import { ago, duration, integer, moment } from '../ui/format';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { Panel } from '../ui/panel';
import { useRefresh } from '../ui/use-refresh';

const WORKERS = graphql(`
  query Workers {
    workers {
      id
      host
      pid
      engines
      concurrency
      startedAt
      heartbeatAt
      shards {
        runId
        shard
        samplesDone
        sampleCount
      }
    }
    queues {
      engine
      waiting
      running
      oldestSeconds
    }
  }
`);

const REFRESH_MS = 2_000;

export default function Workers() {
  const [query, ask] = useQuery({ query: WORKERS, requestPolicy: 'cache-and-network' });
  useRefresh(ask, REFRESH_MS);
  return (
    <>
      <PageHead title="Workers" />
      <Loaded query={query} rows={8}>
        {({ workers, queues }) => (
          <>
            <Panel title="Queue">
              <div className="table-frame" tabIndex={0} role="region" aria-label="Table of queue">
                <table>
                  <thead>
                    <tr>
                      <th scope="col">Engine</th>
                      <th scope="col" className="number">
                        Shards waiting
                      </th>
                      <th scope="col" className="number">
                        Shards running
                      </th>
                      <th scope="col" className="number">
                        The oldest waits
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {queues.map(({ engine, waiting, running, oldestSeconds }) => (
                      <tr key={engine}>
                        <th scope="row">{engine}</th>
                        <td className="number">{integer(waiting)}</td>
                        <td className="number">{integer(running)}</td>
                        <td className="number">
                          {typeof oldestSeconds === 'number'
                            ? duration(oldestSeconds * 1_000)
                            : '–'}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </Panel>
            <Panel title="Workers">
              {workers.length === 0 ? (
                <Empty>
                  No worker lives: what is queued waits. <code>npx assay worker</code> starts one.
                </Empty>
              ) : (
                <div
                  className="table-frame"
                  tabIndex={0}
                  role="region"
                  aria-label="Table of workers"
                >
                  <table>
                    <thead>
                      <tr>
                        <th scope="col">Worker</th>
                        <th scope="col">Engines</th>
                        <th scope="col" className="number">
                          Shards at a time
                        </th>
                        <th scope="col">In work</th>
                        <th scope="col">Started</th>
                        <th scope="col">Last heard of</th>
                      </tr>
                    </thead>
                    <tbody>
                      {workers.map((worker) => (
                        <tr key={worker.id}>
                          <th scope="row">
                            {worker.host} <span className="label">process {worker.pid}</span>
                          </th>
                          <td>{worker.engines.join(', ')}</td>
                          <td className="number">{integer(worker.concurrency)}</td>
                          <td>
                            {worker.shards.length === 0
                              ? 'nothing'
                              : worker.shards.map(({ runId, shard, samplesDone, sampleCount }) => (
                                  <div key={`${runId} ${shard}`}>
                                    <Link to={pathTo('run', { id: runId })}>
                                      shard {integer(shard)}
                                    </Link>
                                    : {integer(samplesDone)} of {integer(sampleCount)} samples
                                  </div>
                                ))}
                          </td>
                          <td title={moment(worker.startedAt)}>{ago(worker.startedAt)}</td>
                          <td title={moment(worker.heartbeatAt)}>{ago(worker.heartbeatAt)}</td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              )}
            </Panel>
          </>
        )}
      </Loaded>
    </>
  );
}
