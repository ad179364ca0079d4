import { PageHead } from '../ui/page-head';

export default function Compare() {
  return <PageHead title="Compare" />;
}
