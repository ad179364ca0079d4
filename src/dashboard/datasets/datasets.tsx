import { PageHead } from '../ui/page-head';

export default function Datasets() {
  return <PageHead title="Datasets" />;
}
