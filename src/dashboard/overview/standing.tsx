/** What the first page shows once it stands: the gate and the trends, loaded apart. */
import { Gate } from './gate';
import { Trends } from './trends';

export default function Standing({
  datasetId,
  split,
  newest,
}: {
  datasetId: string;
  split: string;
  newest: string | undefined;
}) {
  return (
    <>
      <Gate key={newest} datasetId={datasetId} split={split} />
      <Trends datasetId={datasetId} split={split} />
    </>
  );
}
