/** The page's addresses: each has one room, and the service serves the page there. */
import { matchRoute, pathTo, ROUTES } from '../../../src/dashboard/router/routes';
import { PAGE_PATHS } from '../../../src/http/paths';

it('has the addresses at which the service serves the page, and no other', () => {
  expect([...Object.values(ROUTES)].sort()).toEqual([...PAGE_PATHS].sort());
});

it('finds the room of an address and its parameter', () => {
  expect(matchRoute('/')).toEqual({ name: 'overview', params: {} });
  expect(matchRoute('/runs/new')).toEqual({ name: 'newRun', params: {} });
  expect(matchRoute('/runs/7d/')).toEqual({ name: 'run', params: { id: '7d' } });
  expect(matchRoute('/results/a%20b')).toEqual({ name: 'result', params: { id: 'a b' } });
  expect(matchRoute('/results/%zz')).toEqual({ name: 'result', params: { id: '%zz' } });
  expect(matchRoute('/results')).toBeUndefined();
  expect(matchRoute('/nowhere/at/all')).toBeUndefined();
});

it('makes the address of a room with the state of its view', () => {
  expect(pathTo('result', { id: 'a/b' })).toBe('/results/a%2Fb');
  expect(pathTo('compare', {}, { baseline: '1', candidate: undefined, sort: '' })).toBe(
    '/compare?baseline=1',
  );
  expect(() => pathTo('run')).toThrow('needs id');
});
