/** In which order the classes of a confusion matrix stand. */

export type Counts = readonly (readonly number[])[];

export function byClass(counts: Counts): number[] {
  return counts.map((_, index) => index);
}

/** The class with the largest share of wrong samples first; classes without samples last. */
export function byError(counts: Counts): number[] {
  const shares = counts.map((row, index) => {
    const support = row.reduce((sum, count) => sum + count, 0);
    return support === 0 ? -1 : 1 - (row[index] ?? 0) / support;
  });
  return byClass(counts).sort((a, b) => (shares[b] ?? 0) - (shares[a] ?? 0) || a - b);
}

/**
 * Classes that are taken for each other stand together: average linkage over the shares that two classes lose to
 * each other, by nearest-neighbour chains (Murtagh 1983), O(K²). Of the four ways to lay two clusters side by side,
 * the one is taken whose neighbouring ends are most alike.
 */
export function byCluster(counts: Counts): number[] {
  const size = counts.length;
  const likeness = likenessOf(counts);
  const original = likeness.slice();
  const members: (number[] | undefined)[] = byClass(counts).map((index) => [index]);
  const chain: number[] = [];
  for (let merges = 0; merges < size - 1;) {
    if (chain.length === 0) chain.push(members.findIndex((cluster) => cluster !== undefined));
    const top = chain.at(-1) ?? 0;
    const previous = chain.at(-2);
    const nearest = nearestTo(top, previous, likeness, members);
    if (nearest !== previous) {
      chain.push(nearest);
      continue;
    }
    chain.length -= 2;
    merge(top, nearest, likeness, original, members);
    merges++;
  }
  return members.find((cluster) => cluster !== undefined) ?? [];
}

function likenessOf(counts: Counts): Float64Array {
  const size = counts.length;
  const supports = counts.map((row) =>
    Math.max(
      1,
      row.reduce((sum, count) => sum + count, 0),
    ),
  );
  const likeness = new Float64Array(size * size);
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++) {
      if (a === b) continue;
      likeness[a * size + b] =
        (counts[a]?.[b] ?? 0) / (supports[a] ?? 1) + (counts[b]?.[a] ?? 0) / (supports[b] ?? 1);
    }
  }
  return likeness;
}

/** @returns `preferred` where another is only as near, so that chains end */
function nearestTo(
  cluster: number,
  preferred: number | undefined,
  likeness: Float64Array,
  members: readonly (number[] | undefined)[],
): number {
  const size = members.length;
  let best = preferred ?? -1;
  let most = preferred === undefined ? -1 : (likeness[cluster * size + preferred] ?? 0);
  for (let other = 0; other < size; other++) {
    if (other === cluster || members[other] === undefined) continue;
    const found = likeness[cluster * size + other] ?? 0;
    if (found > most) {
      most = found;
      best = other;
    }
  }
  return best;
}

/** Into `a`. */
function merge(
  a: number,
  b: number,
  likeness: Float64Array,
  original: Float64Array,
  members: (number[] | undefined)[],
): void {
  const size = members.length;
  const left = members[a] ?? [];
  const right = members[b] ?? [];
  const all = left.length + right.length;
  for (let other = 0; other < size; other++) {
    if (members[other] === undefined || other === a || other === b) continue;
    const mean =
      ((likeness[a * size + other] ?? 0) * left.length +
        (likeness[b * size + other] ?? 0) * right.length) /
      all;
    likeness[a * size + other] = mean;
    likeness[other * size + a] = mean;
  }
  members[a] = sideBySide(left, right, (x, y) => original[x * size + y] ?? 0);
  members[b] = undefined;
}

function sideBySide(
  left: readonly number[],
  right: readonly number[],
  likeness: (a: number, b: number) => number,
): number[] {
  const ways = [left, left.toReversed()].flatMap((first) =>
    [right, right.toReversed()].map((second) => ({
      order: [...first, ...second],
      fit: likeness(first.at(-1) ?? 0, second[0] ?? 0),
    })),
  );
  return ways.reduce((best, way) => (way.fit > best.fit ? way : best)).order;
}
