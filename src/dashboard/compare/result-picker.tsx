/** Which results are compared. */
import { useQuery } from 'urql';
import { graphql } from '../gql';
import type { ResultChoicesQuery } from '../gql/graphql';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { moment, percent } from '../ui/format';
import { Loaded } from '../ui/loaded';

const RESULT_CHOICES = graphql(`
  query ResultChoices(
    $baseline: ID!
    $candidate: ID!
    $hasBaseline: Boolean!
    $hasCandidate: Boolean!
  ) {
    evaluationResults(first: 100) {
      nodes {
        ...ResultChoice
      }
    }
    baseline: evaluationResult(id: $baseline) @include(if: $hasBaseline) {
      ...ResultChoice
    }
    candidate: evaluationResult(id: $candidate) @include(if: $hasCandidate) {
      ...ResultChoice
    }
  }

  fragment ResultChoice on EvaluationResult {
    id
    createdAt
    split
    dataDigest
    accuracy
    checkpoint {
      id
      name
    }
    dataset {
      id
      name
    }
  }
`);

type Choice = NonNullable<ResultChoicesQuery['candidate']>;

interface ResultPickerProps {
  /** Ids; empty where none is chosen. */
  baseline: string;
  candidate: string;
  /** Ids of further candidates. */
  others: readonly string[];
  onChange: (changes: { baseline?: string; candidate?: string }) => void;
  onAdd: (id: string) => void;
}

const NO_ID = '00000000-0000-0000-0000-000000000000';

/** What the service compares at once. */
const MAX_CANDIDATES = 20;

export function ResultPicker({ baseline, candidate, others, onChange, onAdd }: ResultPickerProps) {
  const [query] = useQuery({
    query: RESULT_CHOICES,
    variables: {
      baseline: baseline || NO_ID,
      candidate: candidate || NO_ID,
      hasBaseline: baseline !== '',
      hasCandidate: candidate !== '',
    },
  });
  return (
    <Loaded query={query} rows={1}>
      {(data) => {
        const choices = withoutRepeats([
          data.baseline,
          data.candidate,
          ...data.evaluationResults.nodes,
        ]);
        const dataOf = (id: string) => choices.find((choice) => choice.id === id)?.dataDigest;
        return (
          <div className="pickers">
            <Picker
              label="Baseline"
              value={baseline}
              choices={choices}
              otherData={dataOf(candidate)}
              onChange={(id) => {
                onChange({ baseline: id });
              }}
            />
            <Picker
              label="Candidate"
              value={candidate}
              choices={choices}
              otherData={dataOf(baseline)}
              onChange={(id) => {
                onChange({ candidate: id });
              }}
            />
            {baseline !== '' && candidate !== '' && others.length + 1 < MAX_CANDIDATES && (
              <Picker
                label="One more candidate"
                value=""
                choices={choices.filter(({ id }) => ![baseline, candidate, ...others].includes(id))}
                otherData={dataOf(baseline)}
                onChange={onAdd}
              />
            )}
          </div>
        );
      }}
    </Loaded>
  );
}

interface PickerProps {
  label: string;
  value: string;
  choices: readonly Choice[];
  /** The data of the other one: what was made on other data can't be compared with it. */
  otherData: string | undefined;
  onChange: (id: string) => void;
}

function Picker({ label, value, choices, otherData, onChange }: PickerProps) {
  return (
    <div className="picker">
      <label>
        <span>{label}</span>
        <select
          value={value}
          onChange={({ target }) => {
            onChange(target.value);
          }}
        >
          <option value="" disabled>
            choose a result
          </option>
          {choices.map((choice) => (
            <option
              key={choice.id}
              value={choice.id}
              disabled={otherData !== undefined && choice.dataDigest !== otherData}
            >
              {`${choice.checkpoint.name}, ${percent(choice.accuracy)}, ${choice.dataset.name}/${choice.split}, ${moment(choice.createdAt)}`}
            </option>
          ))}
        </select>
      </label>
      {value !== '' && <Link to={pathTo('result', { id: value })}>Its result</Link>}
    </div>
  );
}

function withoutRepeats(choices: readonly (Choice | null | undefined)[]): Choice[] {
  const byId = new Map(choices.flatMap((choice) => (choice ? [[choice.id, choice] as const] : [])));
  return [...byId.values()];
}
