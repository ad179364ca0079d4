import { PageHead } from '../ui/page-head';

export default function Runs() {
  return <PageHead title="Runs" />;
}
