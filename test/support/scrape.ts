/** Reads Prometheus' text format. */

/** By name and labels as they stand in the text, such as `assay_runs{state="FAILED"}`. */
export type Samples = ReadonlyMap<string, number>;

/** @throws where the answer is not 200 */
export async function scrape(url: string, token?: string): Promise<Samples> {
  const response = await fetch(`${url}/metrics`, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new Error(`/metrics answered ${response.status}`);
  return samplesIn(await response.text());
}

export function samplesIn(text: string): Samples {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}
