import { choice, EMPTY, type Node, sequence } from './syntax.ts';
import { widthOf } from './width.ts';

/** The beginning of a regex. */
export interface Head {
  readonly node: Node;
  /** How many characters it can match at most. */
  readonly most: number;
  /** It is the whole regex: what follows it may be asked for, too. */
  readonly whole: boolean;
}

/** What fits in so many characters is left as it is. */
const ROOM = 512;
/** Of a repeat that does not fit, so many characters are looked at. */
const LONG = 64;

/**
 * The beginning of a regex, in few characters: wherever the regex matches, its head does, too. Where the head does not match
 * no more of the text need be looked at.
 *
 * A repeat that is too long is followed through as far as `LONG` characters: what it repeats either ends before that, and then the
 * rest must follow, or has not ended, and then nothing is said about the rest.
 */
export function headOf(tree: Node): Head {
  const most = charactersOf(tree);
  return most <= ROOM ? { node: tree, most, whole: true } : cut(bare(tree), ROOM);
}

const charactersOf = (node: Node): number => widthOf(node, () => 1).most;

function cut(node: Node, room: number): Head {
  const most = charactersOf(node);
  if (most <= Math.min(room, LONG)) return { node, most, whole: true };
  switch (node.kind) {
    case 'sequence':
      return cutSequence(node.items, room);
    case 'choice': {
      const heads = node.items.map((item) => cut(item, room));
      return {
        node: choice(heads.map((head) => head.node)),
        most: Math.max(...heads.map((head) => head.most)),
        whole: heads.every(({ whole }) => whole),
      };
    }
    case 'repeat':
      return cutSequence([node], room);
    default:
      return END;
  }
}

/** Nothing more is asked. */
const END: Head = { node: EMPTY, most: 0, whole: false };

function cutSequence(items: readonly Node[], room: number): Head {
  const [first, ...others] = items;
  if (first === undefined) return { node: EMPTY, most: 0, whole: true };
  if (first.kind === 'repeat' && charactersOf(first) > Math.min(room, LONG)) return cutRepeat(first, others, room);
  const head = cut(first, room);
  if (!head.whole) return head;
  const rest = cutSequence(others, room - head.most);
  return { node: sequence([head.node, rest.node]), most: head.most + rest.most, whole: rest.whole };
}

function cutRepeat(repeat: Node & { kind: 'repeat' }, others: readonly Node[], room: number): Head {
  const { item, min } = repeat;
  const each = charactersOf(item);
  const times = Math.floor(Math.min(LONG, room) / each);
  if (times < 1) return min === 0 ? END : { ...cut(item, room), whole: false };
  const goesOn: Node = { ...repeat, min: times, max: times };
  if (times <= min) return { node: goesOn, most: times * each, whole: false };
  const rest = cutSequence(others, room - times * each);
  const ended = sequence([{ ...repeat, max: times - 1 }, rest.node]);
  return {
    node: choice([ended, goesOn]),
    most: Math.max((times - 1) * each + rest.most, times * each),
    whole: false,
  };
}

/** Without groups, so that sequences within each other become one. */
function bare(node: Node): Node {
  switch (node.kind) {
    case 'group':
      return bare(node.item);
    case 'repeat':
      return { ...node, item: bare(node.item) };
    case 'sequence':
      return sequence(node.items.map(bare));
    case 'choice':
      return choice(node.items.map(bare));
    default:
      return node;
  }
}
