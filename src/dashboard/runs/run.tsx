import { PageHead } from '../ui/page-head';

export default function Run({ id }: { id: string }) {
  return <PageHead title={`Run ${id}`} />;
}
