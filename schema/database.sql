-- Made by `npm run schema` from a migrated database. Do not edit.

CREATE TABLE api_token (
  id uuid NOT NULL,
  name character varying(100) NOT NULL,
  token_hash character varying(64) NOT NULL,
  role character varying(16) NOT NULL,
  created_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  last_used_at timestamp with time zone,
  CONSTRAINT api_token_pkey PRIMARY KEY (id),
  CONSTRAINT api_token_role_check CHECK (((role)::text = ANY ((ARRAY['viewer'::character varying, 'runner'::character varying, 'worker'::character varying, 'admin'::character varying])::text[])))
);

CREATE TABLE checkpoint (
  id uuid NOT NULL,
  name text NOT NULL,
  digest character varying(64) NOT NULL,
  format character varying(32) NOT NULL,
  architecture text NOT NULL,
  input_height integer NOT NULL,
  input_width integer NOT NULL,
  input_channels integer NOT NULL,
  class_count integer NOT NULL,
  parameter_count bigint NOT NULL,
  size_bytes bigint NOT NULL,
  metadata jsonb NOT NULL DEFAULT '{}'::jsonb,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  tags text[] NOT NULL DEFAULT '{}'::text[],
  notes text NOT NULL DEFAULT ''::text,
  deleted_at timestamp with time zone,
  preprocessing jsonb NOT NULL,
  preprocessing_digest character varying(64) NOT NULL,
  parent_id uuid,
  CONSTRAINT checkpoint_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES checkpoint(id),
  CONSTRAINT checkpoint_pkey PRIMARY KEY (id)
);

CREATE TABLE checkpoint_alias (
  id uuid NOT NULL,
  alias character varying(64) NOT NULL,
  checkpoint_id uuid NOT NULL,
  assigned_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  CONSTRAINT checkpoint_alias_checkpoint_id_fkey FOREIGN KEY (checkpoint_id) REFERENCES checkpoint(id),
  CONSTRAINT checkpoint_alias_pkey PRIMARY KEY (id)
);

CREATE TABLE dataset (
  id uuid NOT NULL,
  name text NOT NULL,
  digest character varying(64) NOT NULL,
  class_names text[] NOT NULL,
  image_height integer NOT NULL,
  image_width integer NOT NULL,
  image_channels integer NOT NULL,
  splits jsonb NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT dataset_pkey PRIMARY KEY (id)
);

CREATE TABLE evaluation_request (
  idempotency_key character varying(200) NOT NULL,
  input_digest character varying(64) NOT NULL,
  run_id uuid NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT evaluation_request_pkey PRIMARY KEY (idempotency_key),
  CONSTRAINT evaluation_request_run_id_fkey FOREIGN KEY (run_id) REFERENCES evaluation_run(id)
);

CREATE TABLE evaluation_result (
  run_id uuid NOT NULL,
  checkpoint_id uuid NOT NULL,
  dataset_id uuid NOT NULL,
  checkpoint_digest character varying(64) NOT NULL,
  data_digest character varying(64) NOT NULL,
  split text NOT NULL,
  engine character varying(16) NOT NULL,
  backend character varying(32) NOT NULL,
  backend_version character varying(64) NOT NULL,
  sample_count bigint NOT NULL,
  class_count integer NOT NULL,
  loss double precision NOT NULL,
  accuracy double precision NOT NULL,
  balanced_accuracy double precision NOT NULL,
  macro_precision double precision NOT NULL,
  macro_recall double precision NOT NULL,
  macro_f1 double precision NOT NULL,
  micro_f1 double precision NOT NULL,
  weighted_precision double precision NOT NULL,
  weighted_recall double precision NOT NULL,
  weighted_f1 double precision NOT NULL,
  loss_sum double precision NOT NULL,
  confusion_matrix integer[] NOT NULL,
  load_ms double precision NOT NULL,
  inference_ms double precision NOT NULL,
  total_ms double precision NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  preprocessing jsonb NOT NULL,
  top2_accuracy double precision,
  top3_accuracy double precision,
  top5_accuracy double precision,
  cohen_kappa double precision,
  matthews_corrcoef double precision,
  roc_auc_macro double precision,
  roc_auc_weighted double precision,
  average_precision_macro double precision,
  brier_score double precision,
  expected_calibration_error double precision,
  class_roc_auc double precision[],
  class_average_precision double precision[],
  reliability jsonb,
  intervals jsonb,
  CONSTRAINT evaluation_result_checkpoint_id_fkey FOREIGN KEY (checkpoint_id) REFERENCES checkpoint(id),
  CONSTRAINT evaluation_result_dataset_id_fkey FOREIGN KEY (dataset_id) REFERENCES dataset(id),
  CONSTRAINT evaluation_result_pkey PRIMARY KEY (run_id),
  CONSTRAINT evaluation_result_run_id_fkey FOREIGN KEY (run_id) REFERENCES evaluation_run(id)
);

CREATE TABLE evaluation_run (
  id uuid NOT NULL,
  checkpoint_id uuid NOT NULL,
  dataset_id uuid NOT NULL,
  split text NOT NULL,
  engine character varying(16) NOT NULL,
  batch_size integer NOT NULL,
  state character varying(16) NOT NULL,
  attempt integer NOT NULL DEFAULT 0,
  samples_total bigint NOT NULL,
  samples_done bigint NOT NULL DEFAULT 0,
  failure_code text,
  failure_message text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  settling_attempt integer NOT NULL DEFAULT 0,
  settling_worker_id uuid,
  traceparent character varying(55),
  CONSTRAINT evaluation_run_checkpoint_id_fkey FOREIGN KEY (checkpoint_id) REFERENCES checkpoint(id),
  CONSTRAINT evaluation_run_dataset_id_fkey FOREIGN KEY (dataset_id) REFERENCES dataset(id),
  CONSTRAINT evaluation_run_pkey PRIMARY KEY (id),
  CONSTRAINT evaluation_run_state_check CHECK (((state)::text = ANY ((ARRAY['QUEUED'::character varying, 'RUNNING'::character varying, 'SUCCEEDED'::character varying, 'FAILED'::character varying, 'CANCELLED'::character varying])::text[])))
);

CREATE TABLE evaluation_shard (
  run_id uuid NOT NULL,
  shard integer NOT NULL,
  first_sample bigint NOT NULL,
  sample_count integer NOT NULL,
  state character varying(16) NOT NULL,
  attempt integer NOT NULL DEFAULT 0,
  job_id uuid NOT NULL,
  worker_id uuid,
  samples_done integer NOT NULL DEFAULT 0,
  failure_code text,
  failure_message text,
  confusion_matrix integer[],
  loss_sum double precision,
  backend character varying(32),
  backend_version character varying(64),
  load_ms double precision,
  inference_ms double precision,
  queued_at timestamp with time zone NOT NULL DEFAULT now(),
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  CONSTRAINT evaluation_shard_pkey PRIMARY KEY (run_id, shard),
  CONSTRAINT evaluation_shard_run_id_fkey FOREIGN KEY (run_id) REFERENCES evaluation_run(id),
  CONSTRAINT evaluation_shard_state_check CHECK (((state)::text = ANY ((ARRAY['QUEUED'::character varying, 'RUNNING'::character varying, 'SUCCEEDED'::character varying, 'FAILED'::character varying])::text[])))
);

CREATE TABLE migration (
  id integer NOT NULL DEFAULT nextval('migration_id_seq'::regclass),
  timestamp bigint NOT NULL,
  name character varying NOT NULL,
  CONSTRAINT migration_pkey PRIMARY KEY (id)
);

CREATE TABLE prediction_block (
  run_id uuid NOT NULL,
  shard integer NOT NULL,
  first_sample bigint NOT NULL,
  sample_count integer NOT NULL,
  class_count integer NOT NULL,
  logits bytea NOT NULL,
  loss_sum double precision NOT NULL,
  kind character varying(16) NOT NULL,
  CONSTRAINT prediction_block_kind_check CHECK (((kind)::text = ANY ((ARRAY['logits'::character varying, 'probabilities'::character varying])::text[]))),
  CONSTRAINT prediction_block_pkey PRIMARY KEY (run_id, shard),
  CONSTRAINT prediction_block_run_id_fkey FOREIGN KEY (run_id) REFERENCES evaluation_run(id)
);

CREATE TABLE schema_requirement (
  oldest_program integer NOT NULL,
  CONSTRAINT schema_requirement_pkey PRIMARY KEY (oldest_program)
);

CREATE TABLE worker (
  id uuid NOT NULL,
  host text NOT NULL,
  pid integer NOT NULL,
  engines text[] NOT NULL,
  concurrency integer NOT NULL,
  started_at timestamp with time zone NOT NULL DEFAULT now(),
  heartbeat_at timestamp with time zone NOT NULL DEFAULT now(),
  version text,
  schema_version integer NOT NULL DEFAULT 1,
  CONSTRAINT worker_concurrency_check CHECK ((concurrency > 0)),
  CONSTRAINT worker_pkey PRIMARY KEY (id)
);

CREATE UNIQUE INDEX api_token_token_hash_idx ON public.api_token USING btree (token_hash);

CREATE INDEX checkpoint_alias_alias_assigned_at_idx ON public.checkpoint_alias USING btree (alias, assigned_at);

CREATE UNIQUE INDEX checkpoint_alias_alias_idx ON public.checkpoint_alias USING btree (alias) WHERE (ended_at IS NULL);

CREATE INDEX checkpoint_alias_checkpoint_id_idx ON public.checkpoint_alias USING btree (checkpoint_id);

CREATE INDEX checkpoint_created_at_idx ON public.checkpoint USING btree (created_at, id);

CREATE UNIQUE INDEX checkpoint_digest_preprocessing_digest_idx ON public.checkpoint USING btree (digest, preprocessing_digest);

CREATE INDEX checkpoint_parent_id_idx ON public.checkpoint USING btree (parent_id);

CREATE UNIQUE INDEX dataset_name_digest_idx ON public.dataset USING btree (name, digest);

CREATE INDEX evaluation_result_accuracy_idx ON public.evaluation_result USING btree (accuracy, run_id, created_at, engine, checkpoint_id, dataset_id, split, loss, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_average_precision_macro_idx ON public.evaluation_result USING btree (average_precision_macro, run_id, created_at, engine, checkpoint_id, dataset_id, split, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_balanced_accuracy_idx ON public.evaluation_result USING btree (balanced_accuracy, run_id, created_at, engine, checkpoint_id, dataset_id, split, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_brier_score_idx ON public.evaluation_result USING btree (brier_score, run_id, created_at, engine, checkpoint_id, dataset_id, split, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, expected_calibration_error);

CREATE INDEX evaluation_result_checkpoint_idx ON public.evaluation_result USING btree (checkpoint_id, created_at, run_id, engine, dataset_id, split, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_cohen_kappa_idx ON public.evaluation_result USING btree (cohen_kappa, run_id, created_at, engine, checkpoint_id, dataset_id, split, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_created_at_idx ON public.evaluation_result USING btree (created_at, run_id, engine, checkpoint_id, dataset_id, split, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_engine_idx ON public.evaluation_result USING btree (engine, created_at, run_id);

CREATE INDEX evaluation_result_expected_calibration_error_idx ON public.evaluation_result USING btree (expected_calibration_error, run_id, created_at, engine, checkpoint_id, dataset_id, split, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score);

CREATE INDEX evaluation_result_loss_idx ON public.evaluation_result USING btree (loss, run_id, created_at, engine, checkpoint_id, dataset_id, split, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_macro_f1_idx ON public.evaluation_result USING btree (macro_f1, run_id, created_at, engine, checkpoint_id, dataset_id, split, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_macro_precision_idx ON public.evaluation_result USING btree (macro_precision, run_id, created_at, engine, checkpoint_id, dataset_id, split, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_macro_recall_idx ON public.evaluation_result USING btree (macro_recall, run_id, created_at, engine, checkpoint_id, dataset_id, split, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_matthews_corrcoef_idx ON public.evaluation_result USING btree (matthews_corrcoef, run_id, created_at, engine, checkpoint_id, dataset_id, split, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_micro_f1_idx ON public.evaluation_result USING btree (micro_f1, run_id, created_at, engine, checkpoint_id, dataset_id, split, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_roc_auc_macro_idx ON public.evaluation_result USING btree (roc_auc_macro, run_id, created_at, engine, checkpoint_id, dataset_id, split, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_roc_auc_weighted_idx ON public.evaluation_result USING btree (roc_auc_weighted, run_id, created_at, engine, checkpoint_id, dataset_id, split, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_split_accuracy_idx ON public.evaluation_result USING btree (dataset_id, split, accuracy, run_id, created_at, engine, checkpoint_id, loss, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_split_average_precision_macro_idx ON public.evaluation_result USING btree (dataset_id, split, average_precision_macro, run_id, created_at, engine, checkpoint_id, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_split_balanced_accuracy_idx ON public.evaluation_result USING btree (dataset_id, split, balanced_accuracy, run_id, created_at, engine, checkpoint_id, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_split_brier_score_idx ON public.evaluation_result USING btree (dataset_id, split, brier_score, run_id, created_at, engine, checkpoint_id, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, expected_calibration_error);

CREATE INDEX evaluation_result_split_cohen_kappa_idx ON public.evaluation_result USING btree (dataset_id, split, cohen_kappa, run_id, created_at, engine, checkpoint_id, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_split_expected_calibration_error_idx ON public.evaluation_result USING btree (dataset_id, split, expected_calibration_error, run_id, created_at, engine, checkpoint_id, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score);

CREATE INDEX evaluation_result_split_idx ON public.evaluation_result USING btree (dataset_id, split, created_at, run_id, engine, checkpoint_id, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_split_loss_idx ON public.evaluation_result USING btree (dataset_id, split, loss, run_id, created_at, engine, checkpoint_id, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_split_macro_f1_idx ON public.evaluation_result USING btree (dataset_id, split, macro_f1, run_id, created_at, engine, checkpoint_id, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_split_macro_precision_idx ON public.evaluation_result USING btree (dataset_id, split, macro_precision, run_id, created_at, engine, checkpoint_id, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_split_macro_recall_idx ON public.evaluation_result USING btree (dataset_id, split, macro_recall, run_id, created_at, engine, checkpoint_id, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_split_matthews_corrcoef_idx ON public.evaluation_result USING btree (dataset_id, split, matthews_corrcoef, run_id, created_at, engine, checkpoint_id, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_split_micro_f1_idx ON public.evaluation_result USING btree (dataset_id, split, micro_f1, run_id, created_at, engine, checkpoint_id, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_split_roc_auc_macro_idx ON public.evaluation_result USING btree (dataset_id, split, roc_auc_macro, run_id, created_at, engine, checkpoint_id, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_split_roc_auc_weighted_idx ON public.evaluation_result USING btree (dataset_id, split, roc_auc_weighted, run_id, created_at, engine, checkpoint_id, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_split_top2_accuracy_idx ON public.evaluation_result USING btree (dataset_id, split, top2_accuracy, run_id, created_at, engine, checkpoint_id, loss, accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_split_top3_accuracy_idx ON public.evaluation_result USING btree (dataset_id, split, top3_accuracy, run_id, created_at, engine, checkpoint_id, loss, accuracy, top2_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_split_top5_accuracy_idx ON public.evaluation_result USING btree (dataset_id, split, top5_accuracy, run_id, created_at, engine, checkpoint_id, loss, accuracy, top2_accuracy, top3_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_split_weighted_f1_idx ON public.evaluation_result USING btree (dataset_id, split, weighted_f1, run_id, created_at, engine, checkpoint_id, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_split_weighted_precision_idx ON public.evaluation_result USING btree (dataset_id, split, weighted_precision, run_id, created_at, engine, checkpoint_id, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_split_weighted_recall_idx ON public.evaluation_result USING btree (dataset_id, split, weighted_recall, run_id, created_at, engine, checkpoint_id, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_top2_accuracy_idx ON public.evaluation_result USING btree (top2_accuracy, run_id, created_at, engine, checkpoint_id, dataset_id, split, loss, accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_top3_accuracy_idx ON public.evaluation_result USING btree (top3_accuracy, run_id, created_at, engine, checkpoint_id, dataset_id, split, loss, accuracy, top2_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_top5_accuracy_idx ON public.evaluation_result USING btree (top5_accuracy, run_id, created_at, engine, checkpoint_id, dataset_id, split, loss, accuracy, top2_accuracy, top3_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_weighted_f1_idx ON public.evaluation_result USING btree (weighted_f1, run_id, created_at, engine, checkpoint_id, dataset_id, split, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_recall, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_weighted_precision_idx ON public.evaluation_result USING btree (weighted_precision, run_id, created_at, engine, checkpoint_id, dataset_id, split, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_recall, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_result_weighted_recall_idx ON public.evaluation_result USING btree (weighted_recall, run_id, created_at, engine, checkpoint_id, dataset_id, split, loss, accuracy, top2_accuracy, top3_accuracy, top5_accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, micro_f1, weighted_precision, weighted_f1, cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score, expected_calibration_error);

CREATE INDEX evaluation_run_checkpoint_idx ON public.evaluation_run USING btree (checkpoint_id, created_at, id);

CREATE INDEX evaluation_run_created_at_idx ON public.evaluation_run USING btree (created_at, id);

CREATE INDEX evaluation_run_finished_at_idx ON public.evaluation_run USING btree (finished_at, id);

CREATE INDEX evaluation_run_split_idx ON public.evaluation_run USING btree (dataset_id, split, created_at, id);

CREATE INDEX evaluation_run_state_idx ON public.evaluation_run USING btree (state, created_at, id);

CREATE INDEX evaluation_shard_open_idx ON public.evaluation_shard USING btree (state) WHERE ((state)::text = ANY ((ARRAY['QUEUED'::character varying, 'RUNNING'::character varying])::text[]));

CREATE OR REPLACE FUNCTION public.refuse_update()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    BEGIN
      RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME;
    END $function$;

CREATE TRIGGER evaluation_result_refuse_update BEFORE UPDATE ON public.evaluation_result FOR EACH ROW EXECUTE FUNCTION refuse_update();
