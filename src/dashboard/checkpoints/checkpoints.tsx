import { PageHead } from '../ui/page-head';

export default function Checkpoints() {
  return <PageHead title="Checkpoints" />;
}
