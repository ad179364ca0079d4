/** Narrows the list to names that hold a text; it counts when it is sent, and is in the address then. */
import { type SyntheticEvent, useState } from 'react';
import { setSearchParams } from '../router/location';

export function NameFilter({ name }: { name: string }) {
  const [text, setText] = useState(name);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setSearchParams({ name: text === '' ? undefined : text, after: undefined, before: undefined });
  };
  return (
    <form className="name-filter" role="search" onSubmit={submit}>
      <input
        type="search"
        aria-label="Part of the name"
        placeholder="Part of the name"
        maxLength={100}
        value={text}
        onChange={({ target }) => {
          setText(target.value);
        }}
      />
      <button type="submit">Find</button>
    </form>
  );
}
