/** The settings of the embedded server: durable, and light on a laptop. */

/** Given as arguments at each start, so that a newer Assay brings its settings to older data. */
export function serverSettings(port: number, clusterName: string): string[] {
  const settings: Record<string, string | number> = {
    cluster_name: clusterName,
    // Reachable from this machine alone, and by password alone: no socket in a folder others can read.
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 100,
    shared_buffers: '64MB',
    maintenance_work_mem: '64MB',
    // Nothing replicates from here: less is written ahead. Crash safety is untouched (fsync stays on).
    wal_level: 'minimal',
    max_wal_senders: 0,
    max_logical_replication_workers: 0,
    min_wal_size: '16MB',
    max_wal_size: '256MB',
    // Three processes fewer, and no use of /dev/shm, which containers keep to 64 MB, for parallel plans.
    io_method: 'sync',
    max_parallel_workers_per_gather: 0,
    max_parallel_maintenance_workers: 0,
    jit: 'off',
    huge_pages: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    // The bracketed id is how a start finds its own lines in the shared log.
    log_line_prefix: '%m [%p] ',
  };
  return Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
}
