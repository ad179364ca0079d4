/** What a chart's data look like in a file. */
import { toCsv } from '../../../src/dashboard/charts/save/csv';
import { fileName } from '../../../src/dashboard/charts/save/download';

it('numbers keep all digits, nothing is an empty field, and each line ends as RFC 4180 has it', () => {
  expect(
    toCsv([
      ['a', 'b', 'c'],
      [1 / 3, null, undefined],
      [-1e-9, 0, 'x'],
    ]),
  ).toBe('a,b,c\r\n0.3333333333333333,,\r\n-1e-9,0,x\r\n');
});

it('quotes, commas and line breaks in a name do not break the table', () => {
  expect(toCsv([['say "no", twice', 'two\nlines']])).toBe('"say ""no"", twice","two\nlines"\r\n');
});

it.each(['=1+1', '+1', '-cmd', '@sum', '\tx'])('a spreadsheet does not run the name %j', (name) => {
  expect(toCsv([[name]])).toBe(`'${name}\r\n`);
});

it.each([
  ['Confusion matrix', 'confusion-matrix.svg'],
  ['../../etc/passwd', 'etc-passwd.svg'],
  ['Précision & rappel!', 'précision-rappel.svg'],
])('%j is saved as %s', (title, expected) => {
  expect(fileName(title, 'svg')).toBe(expected);
});
