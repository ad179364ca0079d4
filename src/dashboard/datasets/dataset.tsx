import { PageHead } from '../ui/page-head';

export default function Dataset({ id }: { id: string }) {
  return <PageHead title={`Dataset ${id}`} />;
}
