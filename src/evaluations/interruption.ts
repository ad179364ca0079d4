/** The two reasons for which a run under way is stopped; each is one value, told apart by identity. */

/** Somebody cancelled the run: it stays CANCELLED. */
export const CANCELLED = new Error('the run was cancelled');

/** The process ends: the run goes back to QUEUED. */
export const STOPPING = new Error('the process is stopping');
