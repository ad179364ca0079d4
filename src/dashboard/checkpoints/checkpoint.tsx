import { PageHead } from '../ui/page-head';

export default function Checkpoint({ id }: { id: string }) {
  return <PageHead title={`Checkpoint ${id}`} />;
}
