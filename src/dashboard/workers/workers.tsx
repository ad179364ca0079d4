import { PageHead } from '../ui/page-head';

export default function Workers() {
  return <PageHead title="Workers" />;
}
