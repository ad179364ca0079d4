/** Speaks GraphQL to a service over HTTP, as any client would, and follows runs to their end. */
import { eventually } from './eventually';

export interface ClientError {
  message: string;
  path?: (string | number)[];
  extensions: { code: string; fields?: { path: string; message: string }[] };
}

export interface Answer {
  status: number;
  /** The whole body, to look for what must not be in it. */
  text: string;
  data: Record<string, unknown> | null;
  errors: ClientError[];
}

export interface RunView {
  id: string;
  state: string;
  attempt: number;
  failure: { code: string; message: string } | null;
  progress: { samplesDone: number; samplesTotal: number };
}

export interface ResultView {
  id: string;
  split: string;
  engine: string;
  backend: string;
  checkpointDigest: string;
  dataDigest: string;
  sampleCount: number;
  classCount: number;
  loss: number;
  accuracy: number;
  macroF1: number;
  createdAt: string;
}

export const RUN_FIELDS =
  'id state attempt failure { code message } progress { samplesDone samplesTotal }';
export const RESULT_FIELDS =
  'id split engine backend checkpointDigest dataDigest sampleCount classCount loss accuracy macroF1 createdAt';

export class GraphQLClient {
  /** @param token what goes into the header Authorization, behind Bearer */
  constructor(
    readonly url: string,
    private readonly token?: string,
  ) {}

  async send(query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
    const text = await response.text();
    const body = JSON.parse(text) as Partial<Answer>;
    return { status: response.status, text, data: body.data ?? null, errors: body.errors ?? [] };
  }

  /** @returns one field of the data. @throws where there was any error */
  async field(name: string, query: string, variables?: Record<string, unknown>): Promise<unknown> {
    const { data, errors } = await this.send(query, variables);
    if (errors.length > 0) throw new Error(`GraphQL errors: ${JSON.stringify(errors)}`);
    return data?.[name];
  }

  /** The items of a connection that is one field of the data. */
  async nodes(
    name: string,
    query: string,
    variables?: Record<string, unknown>,
  ): Promise<unknown[]> {
    return ((await this.field(name, query, variables)) as { nodes: unknown[] }).nodes;
  }

  /** The codes of the errors with which the service answered. */
  async codes(query: string, variables?: Record<string, unknown>): Promise<string[]> {
    return (await this.send(query, variables)).errors.map(({ extensions }) => extensions.code);
  }

  /** A run of its own, though an equal result may be stored, unless the input says otherwise. */
  async runEvaluation(asked: Record<string, unknown>): Promise<RunView> {
    const input = { force: true, ...asked };
    const query = `mutation ($input: RunEvaluationInput!) { runEvaluation(input: $input) { ${RUN_FIELDS} } }`;
    return (await this.field('runEvaluation', query, { input })) as RunView;
  }

  async run(id: string): Promise<RunView> {
    const query = `query ($id: ID!) { evaluationRun(id: $id) { ${RUN_FIELDS} } }`;
    return (await this.field('evaluationRun', query, { id })) as RunView;
  }

  /** The run in its end state. */
  async settled(id: string): Promise<RunView> {
    return eventually(`the end of run ${id}`, async () => {
      const run = await this.run(id);
      return !['QUEUED', 'RUNNING'].includes(run.state) && run;
    });
  }

  async results(args = ''): Promise<ResultView[]> {
    const query = `{ evaluationResults${args} { nodes { ${RESULT_FIELDS} } } }`;
    return (await this.nodes('evaluationResults', query)) as ResultView[];
  }

  async register(checkpointPath: string, name?: string): Promise<string> {
    const query =
      'mutation ($input: RegisterCheckpointInput!) { registerCheckpoint(input: $input) { id } }';
    const input = { path: checkpointPath, ...(name !== undefined && { name }) };
    return ((await this.field('registerCheckpoint', query, { input })) as { id: string }).id;
  }
}
