import { PageHead } from '../ui/page-head';

export default function Result({ id }: { id: string }) {
  return <PageHead title={`Result ${id}`} />;
}
