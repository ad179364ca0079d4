/** What `assay doctor` says of the receiver of traces: a process of its own, as the exporter is loaded when it is asked. */
import { startTraceReceiver } from '../support/trace-receiver';
import { assay, freshDataFolder } from './assay-process';

interface Findings {
  findings: { check: string; state: string; message: string }[];
}

async function examined(env: NodeJS.ProcessEnv) {
  const { stdout, stderr } = await assay(['doctor', '--json'], await freshDataFolder(), env);
  const { findings } = JSON.parse(stdout) as Findings;
  return { ...findings.find(({ check }) => check === 'traces'), output: stdout + stderr };
}

it('is skipped while no receiver is named', async () => {
  expect(await examined({})).toMatchObject({ state: 'skipped' });
});

it('sends a receiver nothing, with user and password, and says neither', async () => {
  const receiver = await startTraceReceiver();
  try {
    const { state, message, output } = await examined({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint.replace('//', '//me:s3cr3t-word@'),
    });
    expect({ state, message }).toEqual({
      state: 'ok',
      message: expect.stringContaining(`${receiver.endpoint}/v1/traces`) as string,
    });
    expect(output).not.toContain('s3cr3t-word');
    expect(receiver.requests).toHaveLength(1);
    expect(receiver.spans).toEqual([]);
  } finally {
    await receiver.close();
  }
});

it('warns of a receiver that refuses, and of one that is away', async () => {
  const refusing = await startTraceReceiver('refuse');
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: refusing.endpoint };
  const { state, message } = await examined(env).finally(() => refusing.close());
  expect({ state, message }).toEqual({
    state: 'warning',
    message: expect.stringContaining('(400)') as string,
  });
  expect(await examined(env)).toMatchObject({
    state: 'warning',
    message: expect.stringContaining('OTEL_EXPORTER_OTLP_ENDPOINT') as string,
  });
});
