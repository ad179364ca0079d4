/** Beside a chart: its picture as SVG or PNG, its data as CSV. */
import { useState } from 'react';
import '../controls/controls.css';
import { type CsvCell, toCsv } from './csv';
import { download, fileName } from './download';
import { pngFile, svgFile } from './drawing';

interface SaveMenuProps {
  /** Names the files. */
  title: string;
  /** With a line of headings; undefined where there is nothing to save yet. */
  rows: () => readonly (readonly CsvCell[])[];
  /** Undefined where the chart is not on the page now. */
  drawing?: () => SVGSVGElement | undefined;
}

export function SaveMenu({ title, rows, drawing }: SaveMenuProps) {
  const [problem, setProblem] = useState('');
  const saveCsv = () => {
    download(new Blob([toCsv(rows())], { type: 'text/csv' }), fileName(title, 'csv'));
  };
  const savePicture = async (kind: 'svg' | 'png') => {
    const picture = drawing?.();
    if (picture === undefined) return;
    try {
      const file = kind === 'svg' ? svgFile(picture) : await pngFile(picture);
      download(file, fileName(title, kind));
      setProblem('');
    } catch (error) {
      setProblem(`${kind.toUpperCase()} could not be made: ${String(error)}. Take the other one.`);
    }
  };
  return (
    <span className="save" role="group" aria-label={`Save ${title}`}>
      {drawing !== undefined && (
        <>
          <button type="button" onClick={() => void savePicture('svg')}>
            SVG
          </button>
          <button type="button" onClick={() => void savePicture('png')}>
            PNG
          </button>
        </>
      )}
      <button type="button" onClick={saveCsv}>
        CSV
      </button>
      {problem !== '' && <span role="alert">{problem}</span>}
    </span>
  );
}
