/** The reasons for which a shard under way is stopped; each is one value, told apart by identity. */

/** The shard is not this attempt's any more: its run was cancelled or has failed, or another worker has it. */
export const LOST = new Error('the shard is not this attempt’s any more');

/** The process ends: the shard goes back into the queue. */
export const STOPPING = new Error('the process is stopping');
