/** An image with its true class and what a checkpoint said of it. */
import type { ReactNode } from 'react';
import { percent } from '../ui/format';
import { SampleImage } from '../ui/sample-image';
import './samples.css';

interface Sample {
  index: number;
  trueClassName: string;
  imageUrl: string;
}

interface Said {
  trueClass: number;
  predictedClass: number;
  predictedClassName: string;
  probability: number;
}

export function SampleCard({ sample, children }: { sample: Sample; children: ReactNode }) {
  return (
    <li className="sample">
      <SampleImage url={sample.imageUrl} alt={`Sample ${sample.index}, ${sample.trueClassName}`} />
      <div className="sample-facts">
        <strong title={sample.trueClassName}>{sample.trueClassName}</strong>
        {children}
      </div>
    </li>
  );
}

/** @param by whose word it is, where there are two */
export function Prediction({ said, by }: { said: Said; by?: string }) {
  const isRight = said.predictedClass === said.trueClass;
  return (
    <span title={said.predictedClassName}>
      <span className={isRight ? 'sample-right' : 'sample-wrong'} aria-hidden="true">
        {isRight ? '✓' : '✗'}
      </span>
      <span className="hidden">{isRight ? 'rightly' : 'wrongly'}</span>{' '}
      {by !== undefined && <span className="soft">{by} </span>}
      {said.predictedClassName} <span className="soft">{percent(said.probability, 1)}</span>
    </span>
  );
}
