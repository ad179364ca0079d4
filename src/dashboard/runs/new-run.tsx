import { PageHead } from '../ui/page-head';

export default function NewRun() {
  return <PageHead title="Run an evaluation" />;
}
