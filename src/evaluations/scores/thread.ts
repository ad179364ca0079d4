/** The first file of the metrics thread. */
import { serveTasks } from '../../threads/serve-tasks';
import { METRICS_TASKS } from './metrics-tasks';

serveTasks(METRICS_TASKS);
