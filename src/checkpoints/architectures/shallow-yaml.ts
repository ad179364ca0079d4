/** Tells YAML that is nested as descriptions are from YAML that would exhaust the stack of its parser. */
import { CST, Lexer } from 'yaml';

/** Brackets in each other. A description needs three. */
const MAX_FLOW_DEPTH = 16;
/** What may begin a list or a mapping in one line, or between two commas: `- conv2d:` has two. */
const MAX_STARTS = 8;
const MAX_INDENTATION = 100;

/**
 * Looks at tokens alone, since the lexer is the only part of the parser that does not recurse. With this much
 * nesting and no more, blocks and brackets together are some hundred levels deep. It is more than a matter of
 * RangeErrors: a pattern that is compiled for the first time with little stack left ends the whole process (V8:
 * "RegExpCompiler Allocation failed").
 */
export function isShallowYaml(text: string): boolean {
  const nesting = new Nesting();
  let beforeScalar = false;
  for (const source of new Lexer().lex(text)) {
    // A mark comes before each plain or block scalar, whose own text may look like any other token.
    const type: string | null = beforeScalar ? 'text' : CST.tokenType(source);
    beforeScalar = type === 'scalar';
    nesting.add(type, source.length);
    if (nesting.isDeep) return false;
  }
  return true;
}

class Nesting {
  /** Lists and mappings that have begun since the last line or comma: outside of brackets, then in each of them. */
  private starts = [0];
  private indentation = 0;
  private atLineStart = true;

  get isDeep(): boolean {
    return (
      this.starts.length - 1 > MAX_FLOW_DEPTH ||
      Math.max(...this.starts) > MAX_STARTS ||
      this.indentation > MAX_INDENTATION
    );
  }

  add(type: string | null, length: number): void {
    switch (type) {
      case 'newline':
        this.indentation = 0;
        this.atLineStart = true;
        if (this.starts.length === 1) this.starts = [0];
        return;
      case 'space':
        if (this.atLineStart) this.indentation += length;
        return;
      case 'seq-item-ind':
      case 'explicit-key-ind':
      case 'map-value-ind':
        this.starts.push((this.starts.pop() ?? 0) + 1);
        break;
      case 'comma':
        if (this.starts.length > 1) this.starts.splice(-1, 1, 0);
        break;
      case 'flow-map-start':
      case 'flow-seq-start':
        this.starts.push(0);
        break;
      case 'flow-map-end':
      case 'flow-seq-end':
        if (this.starts.length > 1) this.starts.pop();
        break;
      case 'flow-error-end':
        this.starts.length = 1;
    }
    this.atLineStart = false;
  }
}
