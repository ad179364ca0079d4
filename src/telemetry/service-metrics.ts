/**
 * What this process measures, in Prometheus' text format. Labels take only values that the code names (states,
 * engines, roots of the schema, routes), so that no caller can make series.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds of an answer: from a probe to the longest that `answerTimeoutMs` allows. */
const ANSWER_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Seconds of a shard: from 10,000 small images on a fast machine to a large model on a slow one. */
const SHARD_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];

export type ShardOutcomeName = 'succeeded' | 'failed' | 'handed_back' | 'lost';

export interface FinishedShard {
  engine: string;
  outcome: ShardOutcomeName;
  seconds: number;
  /** Of a shard that has succeeded. */
  images?: number;
  /** Seconds of its forward passes. */
  inferenceSeconds?: number;
}

export class ServiceMetrics {
  readonly registry = new Registry();
  readonly contentType = this.registry.contentType;
  private readonly httpSeconds = new Histogram({
    name: 'assay_http_request_seconds',
    help: 'Time from a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: ANSWER_BUCKETS,
    registers: [this.registry],
  });
  private readonly graphqlSeconds = new Histogram({
    name: 'assay_graphql_operation_seconds',
    help: 'Time of a GraphQL operation; refused ones were not executed, subscriptions are not timed',
    labelNames: ['operation', 'field', 'outcome'],
    buckets: ANSWER_BUCKETS,
    registers: [this.registry],
  });
  private readonly shardSeconds = new Histogram({
    name: 'assay_shard_seconds',
    help: 'Time that this process had a shard in hand',
    labelNames: ['engine', 'outcome'],
    buckets: SHARD_BUCKETS,
    registers: [this.registry],
  });
  private readonly images = new Counter({
    name: 'assay_images_total',
    help: 'Images evaluated by this process: their rate is images/s',
    labelNames: ['engine'],
    registers: [this.registry],
  });
  private readonly inferenceSeconds = new Counter({
    name: 'assay_inference_seconds_total',
    help: 'Time of forward passes in this process',
    labelNames: ['engine'],
    registers: [this.registry],
  });

  /** @param version of Assay */
  constructor(version: string) {
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'assay_build_info',
      help: 'Always 1; the labels say what runs',
      labelNames: ['version', 'node'],
      registers: [this.registry],
    }).set({ version, node: process.version }, 1);
  }

  httpAnswered(method: string, route: string, status: number, seconds: number): void {
    this.httpSeconds.observe({ method, route, status: String(status) }, seconds);
  }

  /** @param field the root field that was asked for, by its name in the schema */
  operationEnded(
    operation: string,
    field: string,
    outcome: 'ok' | 'errors',
    seconds: number,
  ): void {
    this.graphqlSeconds.observe({ operation, field, outcome }, seconds);
  }

  /** One that was not executed: what it names may be anything. */
  operationRefused(seconds: number): void {
    const labels = { operation: 'unknown', field: 'none', outcome: 'refused' };
    this.graphqlSeconds.observe(labels, seconds);
  }

  shardEnded({ engine, outcome, seconds, images, inferenceSeconds }: FinishedShard): void {
    this.shardSeconds.observe({ engine, outcome }, seconds);
    if (images !== undefined) this.images.inc({ engine }, images);
    if (inferenceSeconds !== undefined) this.inferenceSeconds.inc({ engine }, inferenceSeconds);
  }

  /** The text that a scraper reads. */
  text(): Promise<string> {
    return this.registry.metrics();
  }
}
