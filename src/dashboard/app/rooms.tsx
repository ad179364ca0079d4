/** Which room an address opens. All but the first one are loaded when they are entered. */
import { type ComponentType, lazy } from 'react';
import { Overview } from '../overview/overview';
import type { RouteName } from '../router/routes';

export const ROOMS: Readonly<Record<RouteName, ComponentType<{ id: string }>>> = {
  overview: Overview,
  runs: lazy(() => import('../runs/runs')),
  newRun: lazy(() => import('../runs/new-run')),
  run: lazy(() => import('../runs/run')),
  result: lazy(() => import('../result/result')),
  compare: lazy(() => import('../compare/compare')),
  checkpoints: lazy(() => import('../checkpoints/checkpoints')),
  checkpoint: lazy(() => import('../checkpoints/checkpoint')),
  datasets: lazy(() => import('../datasets/datasets')),
  dataset: lazy(() => import('../datasets/dataset')),
  workers: lazy(() => import('../workers/workers')),
};
