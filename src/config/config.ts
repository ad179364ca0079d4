/** Everything that can be configured: one class a concern, with its unit and consequence beside each field. */
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

const finite = { allowNaN: false, allowInfinity: false };

const applyAll =
  (...decorators: PropertyDecorator[]): PropertyDecorator =>
  (target, key) => {
    for (const decorate of decorators) decorate(target, key);
  };

export class ModelConfig {
  /** Height and width of an image in pixels. */
  @IsInt() @Min(4) @Max(512) inputImgSize = 28;
  @IsInt() @IsIn([1, 3]) numChannels = 1;
  @IsInt() @Min(2) @Max(1000) numClasses = 10;
}

export class TrainConfig {
  /** Adam's learning rate. */
  @IsNumber(finite) @Min(1e-8) @Max(1) lr = 1e-3;
  /** The rate is multiplied by this after each epoch. */
  @IsNumber(finite) @Min(0.01) @Max(1) lrDecay = 0.9;
  @IsInt() @Min(1) @Max(10_000) epochs = 15;
  @IsInt() @Min(1) @Max(65_536) batchSize = 256;
  @IsInt() @Min(0) @Max(2 ** 31 - 1) seed = 42;
  /** Part of the training split held out to choose the best epoch. */
  @IsNumber(finite)
  @Min(0.01)
  @Max(0.5)
  validationFraction = 0.1;
}

/** A metric of 0 to 1; absent where it is not checked. */
const Ratio = () => applyAll(IsOptional(), IsNumber(finite), Min(0), Max(1));

/** Bounds of the gate under the metrics' own names. Lower bounds, but for the loss. */
/** Lower bounds on points, but `loss`, an upper one: the short form of rules. */
export class ThresholdsConfig {
  @Ratio() accuracy?: number;
  @Ratio() balanced_accuracy?: number;
  @Ratio() macro_precision?: number;
  @Ratio() macro_recall?: number;
  @Ratio() macro_f1?: number;
  @Ratio() micro_f1?: number;
  @Ratio() weighted_f1?: number;
  @IsOptional() @IsNumber(finite) @Min(0) loss?: number;
}

export class GateConfig {
  /** An alias or a result's id, for rules on a baseline. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(100) baseline: string | null = null;
  /** Checked rule by rule as `parseGateRules` says. */
  @IsArray() @ArrayMaxSize(200) rules: unknown[] = [];
}

export class EvaluationConfig {
  @IsIn(['onnx', 'tfjs']) engine: 'onnx' | 'tfjs' = 'onnx';
  @IsInt() @Min(1) @Max(4096) batchSize = 64;
  /** Samples that a worker takes at a time: smaller shards spread better and are lost cheaper, larger ones cost fewer rows. */
  @IsInt() @Min(1) @Max(1_000_000) shardSize = 10_000;
}

export class WorkerConfig {
  /** Shards taken at a time: with 2, the next is made ready while one is computed. */
  @IsInt() @Min(1) @Max(64) concurrency = 1;
  /** How long a worker that is stopped works on what it has begun, before it hands it back. */
  @IsInt() @Min(0) @Max(3_600_000) drainMs = 5_000;
  /** Disk that a worker takes for what it fetches from a service (--api); what was used longest ago goes. */
  @IsInt() @Min(0) @Max(2 ** 50) cacheBytes = 4 * 2 ** 30;
}

export class DatabaseConfig {
  /** Path of an Ansible Vault file; null: DATABASE_URL, else the embedded PostgreSQL. */
  @IsOptional() @IsString() @IsNotEmpty() credentials: string | null = null;
  /** Connections this process holds at most. */
  @IsInt() @Min(2) @Max(200) poolSize = 10;
}

export class ServerConfig {
  @IsString() @IsNotEmpty() host = '127.0.0.1';
  /** 0 takes a free port. */
  @IsInt() @Min(0) @Max(65_535) port = 4000;
  @IsArray() @ArrayMaxSize(100) @IsString({ each: true }) allowedHosts: string[] = [];
}

export class LimitsConfig {
  @IsInt() @Min(1) @Max(100) queryDepth = 12;
  @IsInt() @Min(1) @Max(1_000_000) queryCost = 20_000;
  @IsInt() @Min(1024) @Max(2 ** 30) bodyBytes = 2 ** 20;
  /** A checkpoint sent over HTTP. */
  @IsInt() @Min(1024) @Max(2 ** 30) uploadBytes = 2 ** 30;
  @IsInt() @Min(1024) @Max(2 ** 30) websocketMessageBytes = 2 ** 16;
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

export class AppConfig {
  @ValidateNested() model = new ModelConfig();
  @ValidateNested() trainParams = new TrainConfig();
  @IsString() @IsNotEmpty() ckptPath = 'checkpoints/fashion-cnn';
  @ValidateNested() thresholds = new ThresholdsConfig();
  @ValidateNested() gate = new GateConfig();
  @ValidateNested() evaluation = new EvaluationConfig();
  @ValidateNested() worker = new WorkerConfig();
  @IsString() @IsNotEmpty() dataPath = '.assay';
  @IsArray() @ArrayMaxSize(100) @IsString({ each: true }) checkpointRoots: string[] = [
    'checkpoints',
  ];
  @ValidateNested() database = new DatabaseConfig();
  @ValidateNested() server = new ServerConfig();
  @ValidateNested() limits = new LimitsConfig();
  @IsIn(LOG_LEVELS) logLevel: (typeof LOG_LEVELS)[number] = 'warn';
}
