/** The analysis thread: whatever looks at all samples of a result is done here. */
import { serveTasks } from '../../threads/serve-tasks';
import { TASKS } from './tasks';

serveTasks(TASKS);
