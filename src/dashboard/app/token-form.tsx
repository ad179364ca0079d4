/** Asks for the token that the service wants from everybody who is not at its own machine. */
import { type SyntheticEvent, useState } from 'react';
import { giveToken } from '../client/token';
import { PageHead } from '../ui/page-head';

export function TokenForm({ problem }: { problem: string | undefined }) {
  const [token, setToken] = useState('');
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    giveToken(token.trim());
  };
  return (
    <>
      <PageHead title="Token" />
      <form className="token-form panel" onSubmit={submit}>
        <p>
          This service asks for a token. On its machine,{' '}
          <code>npx assay token create --name me --role viewer</code> makes one. It stays in this
          tab and is gone when the tab is closed.
        </p>
        {problem !== undefined && (
          <p className="problems" role="alert">
            {problem}
          </p>
        )}
        <label>
          Token
          <input
            type="password"
            autoComplete="off"
            required
            pattern="\s*assay_\S+\s*"
            title="A token begins with assay_"
            value={token}
            onChange={(event) => {
              setToken(event.target.value);
            }}
          />
        </label>
        <button type="submit" className="primary">
          Use it
        </button>
      </form>
    </>
  );
}
